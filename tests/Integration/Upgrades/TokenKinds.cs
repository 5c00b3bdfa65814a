using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Azure.Data.Tables;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using ServerlessScale.Shared;
using ServerlessScale.Shared.Catalogue;
using ServerlessScale.Shared.Catalogue.Stores;
using ServerlessScale.Shared.Images;
using ServerlessScale.Shared.Images.Sizes;
using ServerlessScale.Shared.Orders.Reading;
using ServerlessScale.Shared.Webhooks;
using ServerlessScale.Shared.Webhooks.Endpoints;
using ServerlessScale.Shared.Webhooks.Events;

namespace ServerlessScale.Tests.Integration.Upgrades;

/// <summary>The text that clients keep and send back, and the encrypted secrets of endpoints. All keys consist of zero bytes.</summary>
internal sealed class TokenKinds(TableServiceClient tables)
{
    private const string SizePath = "/images/abcdefghjkmnpqrstvwxyz0123/w400.webp";

    private static readonly TokenSigner Signer = new(Samples.Key);
    private static readonly FakeTimeProvider Time = new(Samples.Noon);
    private static readonly IOptions<WebhookOptions> Webhooks = Options.Create(new WebhookOptions { EncryptionKey = Samples.Key });
    private static readonly OrderCursor MonthCursor = new(Signer, Time, allMonths: false);
    private static readonly OrderCursor AllCursor = new(Signer, Time, allMonths: true);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public IEnumerable<StoredKind> All =>
    [
        Signed(
            "token-order-consistency", "order-consistency", new { Version = 2, Session = "0:1#2" },
            () => ConsistencyToken.Of("cosmos", Samples.Order, "0:1#2", Signer),
            text => ConsistencyToken.TryRead(text, "cosmos", Samples.Shard, Signer, out var content) ? content : null),
        Signed(
            "token-order-cursor", "order-cursor", PositionOf(new ListPosition(Samples.Shard.Month, Samples.OrderId)),
            () => MonthCursor.Of(Samples.Customer, new ListPosition(Samples.Shard.Month, Samples.OrderId)),
            text => MonthCursor.TryRead(text, Samples.Customer, out var position) ? PositionOf(position) : null),
        Signed(
            "token-order-cursor-all", "order-cursor-all", PositionOf(new ListPosition(Samples.Shard.Month, Samples.OrderId)),
            () => AllCursor.Of(Samples.Customer, new ListPosition(Samples.Shard.Month, Samples.OrderId)),
            text => AllCursor.TryRead(text, Samples.Customer, out var position) ? PositionOf(position) : null),
        Signed(
            "token-event-cursor", "event-cursor", "last",
            () => new EventCursors(Webhooks).After("last", Samples.Customer, "order.created", Samples.Noon),
            text => new EventCursors(Webhooks).TryRead(text, Samples.Customer, "order.created", Samples.Noon, out var last) ? last : null,
            new TokenSigner(Convert.ToBase64String(
                HKDF.DeriveKey(HashAlgorithmName.SHA256, Convert.FromBase64String(Samples.Key), 32, info: Encoding.UTF8.GetBytes("event-cursor"))))),
        Of("token-product-cursor", (string[])["mug-2"], WriteProductCursorAsync, ReadProductCursorAsync) with
        {
            WithUnknownMember = stored => Resigned(stored, "product-cursor", Signer),
        },
        Of(
            "session-cookie", Samples.Session.StorageKey, () => Task.FromResult(Samples.Session.Value),
            text => Task.FromResult<object?>(Shared.Cart.SessionId.TryParse(text, out var session) ? session.StorageKey : null)) with
        {
            WithUnknownMember = stored => stored,
        },
        Of("size-signature", "accepted", () => Task.FromResult(SizeKeyOf("k1").Sign(SizePath)), text => Task.FromResult<object?>(CheckSize(text))) with
        {
            WithUnknownMember = stored => stored,
        },
        Of(
            "sealed-secret", "whsec_test", () => Task.FromResult(new SecretVault(Webhooks).Encrypt(Samples.EndpointId, "whsec_test")),
            text => Task.FromResult<object?>(new SecretVault(Webhooks).Decrypt(Samples.EndpointId, text))) with
        {
            IsRandom = true,
            WithUnknownMember = stored => stored,
        },
    ];

    private static StoredKind Of(string name, object value, Func<Task<string>> write, Func<string, Task<object?>> read) => new(
        name,
        value,
        async () => new JsonObject { ["text"] = await write() },
        async stored => await read((string)stored["text"]!) ?? throw new InvalidDataException("The text is not accepted."));

    private static StoredKind Signed(
        string name, string purpose, object value, Func<string> write, Func<string, object?> read, TokenSigner? signer = null) =>
        Of(name, value, () => Task.FromResult(write()), text => Task.FromResult(read(text))) with
        {
            WithUnknownMember = stored => Resigned(stored, purpose, signer ?? Signer),
        };

    /// <summary>Returns a token with an unknown member, signed as by a newer release.</summary>
    private static JsonObject Resigned(JsonNode stored, string purpose, TokenSigner signer)
    {
        var content = JsonNode.Parse(Base64Url.DecodeFromChars(((string)stored["text"]!).Split('.')[0]))!;
        return new JsonObject { ["text"] = signer.Sign(purpose, Encoding.UTF8.GetBytes(UnknownMembers.AddTo(content).ToJsonString())) };
    }

    private static object PositionOf(ListPosition position) => new { Month = position.Month.ToString(), Last = position.Last?.Value };

    private static SizeKey SizeKeyOf(string id) => SizeKey.TryParse($"{id}.{Samples.Key}", out var key) ? key : throw new FormatException();

    private static string? CheckSize(string signature) =>
        new SizeSignatures(Options.Create(new SizeOptions { SizeKeys = [$"k1.{Samples.Key}"] })).Check(SizePath, signature) is null ? "accepted" : null;

    private async Task<ProductQueries> ProductsAsync()
    {
        var store = new TableProductStore(tables);
        await store.TryAddAsync(Samples.Product, Ct);
        await store.TryAddAsync(Samples.Product with { Sku = "mug-2" }, Ct);
        return new ProductQueries(store, Signer);
    }

    private async Task<string> WriteProductCursorAsync() => (await (await ProductsAsync()).ListAsync("1", cursor: null, Ct)).Value!.NextCursor!;

    private async Task<object?> ReadProductCursorAsync(string text) =>
        (await (await ProductsAsync()).ListAsync("1", text, Ct)).Value?.Products.Select(product => product.Sku);
}
