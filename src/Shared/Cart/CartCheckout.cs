using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using ServerlessScale.Shared.Orders;

namespace ServerlessScale.Shared.Cart;

/// <summary>How a cart became an order: all it takes to do the same again, and to recognise that it is the same.</summary>
public sealed record CartCheckout
{
    /// <summary>
    /// How long it can be done again: as orders remember their idempotency keys, less what clocks and the last attempt may be late.
    /// After it, a repetition could order twice.
    /// </summary>
    public static readonly TimeSpan Memory = KeyRecord.Lifetime - TimeSpan.FromHours(1);

    /// <summary>Whose token it was, and so whose order it is.</summary>
    public required string CustomerId { get; init; }

    /// <summary>The client's key, <see cref="IdempotencyKey.RecordId"/>.</summary>
    public required string KeyId { get; init; }

    /// <summary>Names this cart at this version; see <see cref="OrderKeyOf"/>.</summary>
    public required string OrderKey { get; init; }

    public required OrderRequest Order { get; init; }

    /// <summary>UTC.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>Null until the order is known to be there.</summary>
    public string? OrderId { get; init; }

    public DateTimeOffset EndsAt => StartedAt + Memory;

    /// <summary>
    /// The name under which the cart is ordered, whoever asks for it and with whichever key: so the order store itself sees to it
    /// that one cart gives one order.
    /// </summary>
    public static string OrderKeyOf(SessionId session, int version) => "cart " + Base64Url.EncodeToString(SHA256.HashData(
        Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{session.StorageKey}.{version}"))));

    public bool IsOf(string customerId, IdempotencyKey key) => CustomerId == customerId && KeyId == key.RecordId;
}
