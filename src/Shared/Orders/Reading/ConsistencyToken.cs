using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace ServerlessScale.Shared.Orders.Reading;

/// <summary>
/// Creates and reads the token that a write returns. A later read with this token sees the write, even if another instance serves the read.
/// The token contains the order's version and, for Cosmos, the session. It is signed, and it is valid only for the kind of store and the
/// shard that the write used.
/// </summary>
internal static class ConsistencyToken
{
    private const string Purpose = "order-consistency";

    public static string Of(string storeKind, Order order, string? session, TokenSigner signer) => signer.Sign(
        Purpose,
        JsonSerializer.SerializeToUtf8Bytes(
            new ConsistencyContent(storeKind, order.CustomerId, order.Id, order.Version, session), TokenJson.Default.ConsistencyContent));

    /// <returns>False when the token's signature is invalid, or when the token was signed for another store or shard.</returns>
    public static bool TryRead(
        string text, string storeKind, OrderShard shard, TokenSigner signer, [NotNullWhen(true)] out ConsistencyContent? content) =>
        TryRead(text, storeKind, shard.CustomerId, signer, out content, out var month) && month == shard.Month;

    /// <param name="month">The month of the order that was written.</param>
    /// <returns>False when the token's signature is invalid, or when the token was signed for another store or customer.</returns>
    public static bool TryRead(
        string text, string storeKind, string customerId, TokenSigner signer, [NotNullWhen(true)] out ConsistencyContent? content, out OrderMonth month)
    {
        month = default;
        content = signer.TryRead(Purpose, text, out var bytes)
            ? JsonSerializer.Deserialize(bytes, TokenJson.Default.ConsistencyContent)
            : null;
        if (content?.Store != storeKind || content.CustomerId != customerId || !OrderId.TryParse(content.OrderId, out var id))
        {
            content = null;
        }
        else
        {
            month = id.Month;
        }

        return content is not null;
    }
}

/// <param name="Store">The <see cref="IOrderStore.Kind"/> of the store.</param>
/// <param name="Session">The <see cref="CommitReceipt.Session"/> of the write.</param>
internal sealed record ConsistencyContent(string Store, string CustomerId, string OrderId, int Version, string? Session);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true)]
[JsonSerializable(typeof(ConsistencyContent))]
[JsonSerializable(typeof(CursorContent))]
internal sealed partial class TokenJson : JsonSerializerContext;
