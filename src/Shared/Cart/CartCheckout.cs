using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using ServerlessScale.Shared.Idempotency;
using ServerlessScale.Shared.Orders;

namespace ServerlessScale.Shared.Cart;

/// <summary>
/// A record of a cart's checkout. It contains everything that is needed to place the order again and to recognise a repeated checkout
/// request.
/// </summary>
public sealed record CartCheckout
{
    /// <summary>
    /// The time during which a checkout can be repeated. It is one hour shorter than the lifetime of an idempotency key. The difference
    /// allows for inaccurate clocks and for the duration of the last attempt. Repeating it after this time could place a second order.
    /// </summary>
    public static readonly TimeSpan Memory = IdempotencyKey.Lifetime - TimeSpan.FromHours(1);

    /// <summary>The customer who checked out the cart and who owns the order.</summary>
    public required string CustomerId { get; init; }

    /// <summary>The <see cref="IdempotencyKey.RecordId"/> of the idempotency key that the client sent.</summary>
    public required string KeyId { get; init; }

    /// <summary>
    /// The name of the idempotency key that is used to place the order. <see cref="OrderKeyOf"/> derives it from the cart.
    /// </summary>
    public required string OrderKey { get; init; }

    /// <summary>The lines with the prices at the start of the checkout. A repetition of the checkout uses the same prices.</summary>
    public required PricedOrder Order { get; init; }

    /// <summary>The start of the checkout in UTC.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>The id of the order. Null until the order is known to have been placed.</summary>
    public string? OrderId { get; init; }

    public DateTimeOffset EndsAt => StartedAt + Memory;

    /// <summary>
    /// Returns the name of the idempotency key that is used to order a cart. The name depends on the cart's session and version but not on
    /// the client's key, so that the order store accepts only one order for a cart.
    /// </summary>
    public static string OrderKeyOf(SessionId session, int version) => "cart " + Base64Url.EncodeToString(SHA256.HashData(
        Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{session.StorageKey}.{version}"))));

    public bool IsOf(string customerId, IdempotencyKey key) => CustomerId == customerId && KeyId == key.RecordId;
}
