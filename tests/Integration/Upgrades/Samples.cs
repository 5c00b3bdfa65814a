using System.Text.Json;
using ServerlessScale.Shared.Cart;
using ServerlessScale.Shared.Catalogue;
using ServerlessScale.Shared.Images;
using ServerlessScale.Shared.Messaging;
using ServerlessScale.Shared.Orders;
using ServerlessScale.Shared.Webhooks.Deliveries;
using ServerlessScale.Shared.Webhooks.Endpoints;
using ServerlessScale.Shared.Webhooks.Sending.Signing;

namespace ServerlessScale.Tests.Integration.Upgrades;

/// <summary>The values in the fixtures. Every optional member has a value, so that the fixtures contain all members.</summary>
internal static class Samples
{
    public const string Customer = "customer-1";

    /// <summary>A key of 32 zero bytes, in base64.</summary>
    public const string Key = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";

    public static readonly DateTimeOffset Noon = new(2026, 11, 25, 12, 0, 0, TimeSpan.Zero);

    public static readonly OrderShard Shard = new(Customer, OrderMonth.Of(Noon));

    public static readonly ImageId ImageId = ImageId.TryParse("abcdefghjkmnpqrstvwxyz0123", out var id) ? id : throw new FormatException();

    public static readonly OrderId OrderId = OrderId.TryParse("ord_202611abcdefg0123456789abcdef", out var id) ? id : throw new FormatException();

    public static readonly SessionId Session = SessionId.TryParse(new string('A', 43), out var id) ? id : throw new FormatException();

    public static readonly EndpointId EndpointId =
        EndpointId.TryParse("ep_" + new string('a', EndpointId.PartLength), out var id) ? id : throw new FormatException();

    public static readonly DeliveryId DeliveryId = DeliveryId.Of(EndpointId, "evt_1", Noon);

    public static readonly Order Order = new()
    {
        Id = OrderId.Value,
        CustomerId = Customer,
        Status = OrderStatus.Paid,
        Currency = "EUR",
        Total = 2500,
        Lines = [new OrderLine { Sku = "mug-1", Quantity = 2, UnitPrice = 1250 }],
        CreatedAt = Noon,
        UpdatedAt = Noon.AddMinutes(1),
        Version = 2,
        ChangeId = new Guid("00112233-4455-6677-8899-aabbccddeeff"),
    };

    public static readonly KeyRecord OrderKey = new() { Id = "idem_1", OrderId = OrderId.Value, Fingerprint = "fingerprint", ExpiresAt = Noon.AddDays(1) };

    public static readonly EventEnvelope Event = new()
    {
        Id = "evt_1",
        CustomerId = Customer,
        Type = "order.updated",
        Timestamp = Noon,
        Data = JsonSerializer.SerializeToElement(new { id = OrderId.Value, total = 2500 }),
        Position = new EventPosition(OrderId.Value, 2, Noon.AddMinutes(-1)),
    };

    public static readonly Product Product = new()
    {
        Sku = "mug-1",
        Name = "Mug",
        Description = "A mug with a handle.",
        Price = 1250,
        Currency = "EUR",
        ImageId = ImageId.Value,
        Active = true,
        UpdatedAt = Noon,
        ChangeId = Order.ChangeId,
    };

    public static readonly ShoppingCart Cart = new()
    {
        Stage = CartStage.CheckingOut,
        Lines = [new CartLine("mug-1", 2)],
        Version = 3,
        ExpiresAt = Noon.AddDays(30),
        Checkout = new CartCheckout
        {
            CustomerId = Customer,
            KeyId = "idem_1",
            OrderKey = "cart 1",
            Order = new PricedOrder { Currency = "EUR", Lines = Order.Lines },
            StartedAt = Noon,
            OrderId = OrderId.Value,
        },
    };

    public static readonly ImageManifest Manifest = new()
    {
        Id = ImageId.Value,
        Owner = Customer,
        Status = ImageStatus.Ready,
        CreatedAt = Noon,
        EndedAt = Noon.AddSeconds(2),
        Source = new ImageSource(123456, "image/jpeg") { Width = 1600, Height = 1200 },
        SourceETag = "\"0x1\"",
        Variants = [new ImageVariant(960, 720, "webp", 45678)],
        Animation = new ImageAnimation(480, 360, 34567),
        UpgradedAt = Noon.AddSeconds(9),
        ThumbHash = "1QcSHQRnh493V4dIh4eXh1h4kJUI",
        DominantColor = "#aabbcc",
        Error = new ImageError("processing-failed", "The image could not be processed."),
        Timings = new ImageTimings
        {
            UploadMs = 1.5,
            QueueWaitMs = 2.5,
            MemoryWaitMs = 3.5,
            DownloadMs = 4.5,
            DecodeMs = 5.5,
            ResizeMs = 6.5,
            EncodeMs = 7.5,
            StoreMs = 8.5,
        },
        LastFailure = "IOException: The disk is full.",
    };

    public static readonly WebhookEndpoint Endpoint = new()
    {
        Id = EndpointId.Value,
        CustomerId = Customer,
        Url = "https://receiver.example/hook",
        EventTypes = ["order.updated"],
        Description = "The warehouse",
        Status = EndpointStatus.Disabled,
        Signature = SignatureKind.V1,
        CreatedAt = Noon,
        OrderedSince = Noon,
        Disabled = new EndpointDisablement(Noon.AddDays(5), "All attempts failed.", Announced: true),
        Secrets = new EndpointSecrets("c2VhbGVk", "b2xkZXI=", Noon.AddDays(1), "rotation-2", "rotation-1")
        {
            Older = [new PreviousSecret("b2xkZXN0", Noon.AddHours(1), "rotation-0")],
        },
        Headers = new SealedHeaders(["X-Key"], "aGVhZGVycw=="),
        RateLimit = 60,
    };

    public static readonly EndpointHealth Health = new(Noon, 3, Noon.AddMinutes(5))
    {
        LastFailure = new EndpointFailure(Noon, 500, "status", "The receiver responded with 500."),
        Warned = true,
    };

    public static readonly Delivery Delivery = new()
    {
        CustomerId = Customer,
        EventId = "evt_1",
        EventType = "order.updated",
        CreatedAt = Noon,
        Position = Event.Position,
        Status = DeliveryStatus.Failed,
        Reason = "The endpoint is paused.",
        Round = 2,
        RoundAttempts = 1,
        Attempts =
        [
            new DeliveryAttempt(
                Noon, 503, 12.5, "status", "The receiver responded with 503.", "busy", new Dictionary<string, string> { ["retry-after"] = "5" }),
        ],
        NextAttemptAt = Noon.AddMinutes(1),
    };
}
