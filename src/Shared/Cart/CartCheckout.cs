using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using ServerlessScale.Shared.Orders;

namespace ServerlessScale.Shared.Cart;

/// <summary>
/// The checkout of a cart: everything that is needed to place the order again, and to recognise a repeated checkout request.
/// </summary>
public sealed record CartCheckout
{
    /// <summary>
    /// How long a checkout can be repeated: the lifetime of an idempotency key, less an hour for differences between clocks and for the
    /// last attempt. A later repetition could place a second order.
    /// </summary>
    public static readonly TimeSpan Memory = IdempotencyKey.Lifetime - TimeSpan.FromHours(1);

    /// <summary>The customer of the token that checked the cart out. The order belongs to this customer.</summary>
    public required string CustomerId { get; init; }

    /// <summary>The <see cref="IdempotencyKey.RecordId"/> of the client's key.</summary>
    public required string KeyId { get; init; }

    /// <summary>The name of the order's own idempotency key; see <see cref="OrderKeyOf"/>.</summary>
    public required string OrderKey { get; init; }

    public required OrderRequest Order { get; init; }

    /// <summary>UTC.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>Null until the order is known to be placed.</summary>
    public string? OrderId { get; init; }

    public DateTimeOffset EndsAt => StartedAt + Memory;

    /// <summary>
    /// The name of the idempotency key under which a cart is ordered. It depends on the cart and its version only, and not on the
    /// client's key, so that the order store itself makes one order of one cart.
    /// </summary>
    public static string OrderKeyOf(SessionId session, int version) => "cart " + Base64Url.EncodeToString(SHA256.HashData(
        Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{session.StorageKey}.{version}"))));

    public bool IsOf(string customerId, IdempotencyKey key) => CustomerId == customerId && KeyId == key.RecordId;
}
