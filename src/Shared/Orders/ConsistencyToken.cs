using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace ServerlessScale.Shared.Orders;

/// <summary>
/// What a write answers, so that a later read on any instance sees it: signed, and bound to the store and the shard. It names the
/// order's version, and in Cosmos the session.
/// </summary>
internal static class ConsistencyToken
{
    private const string Purpose = "order-consistency";

    public static string Of(string storeKind, Order order, string? session, TokenSigner signer) => signer.Sign(
        Purpose,
        JsonSerializer.SerializeToUtf8Bytes(
            new ConsistencyContent(storeKind, order.CustomerId, order.Id, order.Version, session), OrderJson.Default.ConsistencyContent));

    /// <returns>False when it was not made here, or for another store or shard.</returns>
    public static bool TryRead(
        string text, string storeKind, OrderShard shard, TokenSigner signer, [NotNullWhen(true)] out ConsistencyContent? content)
    {
        content = signer.TryRead(Purpose, text, out var bytes)
            ? JsonSerializer.Deserialize(bytes, OrderJson.Default.ConsistencyContent)
            : null;
        if (content?.Store != storeKind || content.CustomerId != shard.CustomerId
            || !OrderId.TryParse(content.OrderId, out var id) || id.Month != shard.Month)
        {
            content = null;
        }

        return content is not null;
    }
}

/// <param name="Store"><see cref="IOrderStore.Kind"/>.</param>
/// <param name="Session">See <see cref="CommitReceipt"/>.</param>
internal sealed record ConsistencyContent(string Store, string CustomerId, string OrderId, int Version, string? Session);
