using System.Globalization;
using ServerlessScale.Shared.Problems;

namespace ServerlessScale.Shared.Orders;

/// <summary>
/// The problems that the order API can return. <see cref="OrderRules"/> and <c>IdempotencyProblems</c> define further problems. The
/// codes are part of the HTTP contract.
/// </summary>
public static class OrderProblems
{
    private const string ConsistencyHeader = "Consistency-Token";

    /// <summary>Also used for another customer's order, so that clients cannot find out which orders exist.</summary>
    public static Problem OrderNotFound() => new(
        404, "order-not-found", "The order does not exist", "There is no order with this id, or it belongs to another customer.");

    public static Problem LanguageUnknown() => new(
        404, "language-unknown", "There are no labels in this language", $"Labels are available in {string.Join(", ", OrderStatusLabels.Languages)}.");

    public static Problem TotalOverflow() => new(
        422, "total-overflow", "The total is too large", $"The total must be at most {OrderRules.MaxTotal} minor units.")
    {
        Pointer = "/lines",
        Extensions = new Dictionary<string, object?> { ["limit"] = OrderRules.MaxTotal },
    };

    public static Problem SkuUnknown(string sku, string pointer) => new(
        422, "sku-unknown", "The product does not exist", $"The catalogue has no product with the sku {sku}. Remove the line.")
    {
        Pointer = pointer,
        Extensions = new Dictionary<string, object?> { ["sku"] = sku },
    };

    public static Problem SkuInactive(string sku, string pointer) => new(
        422, "sku-inactive", "The product cannot be ordered", $"The product {sku} is not active. Remove the line.")
    {
        Pointer = pointer,
        Extensions = new Dictionary<string, object?> { ["sku"] = sku },
    };

    /// <param name="currency">The currency of the product, or of the other lines.</param>
    public static Problem CurrencyMismatch(string currency, string pointer) => new(
        422, "currency-mismatch", "All lines must have the same currency",
        $"The prices of the products are in {currency}, but the request or a product has another currency.")
    {
        Pointer = pointer,
        Extensions = new Dictionary<string, object?> { ["currency"] = currency },
    };

    /// <param name="sent">The price that the client sent.</param>
    /// <param name="current">The price in the catalogue.</param>
    public static Problem PriceChanged(long sent, long current, string pointer) => new(
        409, "price-changed", "The price has changed",
        string.Create(CultureInfo.InvariantCulture, $"The price of one unit is {current} minor units, not {sent}. Send the current price, or omit unitPrice to accept any price."))
    {
        Pointer = pointer,
        Extensions = new Dictionary<string, object?> { ["unitPrice"] = sent, ["currentUnitPrice"] = current },
    };

    public static Problem StatusUnknown(string status) => new(
        422, "invalid-body", "The body does not match its schema",
        $"Unknown status '{(status.Length <= 40 ? status : status[..40] + "...")}'. An order can become paid, shipped, delivered or cancelled.")
    {
        Pointer = "/status",
    };

    public static Problem Stale(Order order) => new(
        412, "order-changed", "The order has changed since you read it",
        "If-Match does not match the order's current version. Get the order, check whether the change still applies, and send the new ETag.")
    {
        Pointer = "If-Match",
        Extensions = new Dictionary<string, object?> { ["status"] = WireNames<OrderStatus>.Of(order.Status) },
    };

    public static Problem TransitionNotAllowed(Order order, OrderStatus wanted)
    {
        var allowed = OrderTransitions.After(order.Status).Select(WireNames<OrderStatus>.Of).ToArray();
        return new(
            409, "transition-not-allowed", "The order cannot change to this status",
            $"An order that is {WireNames<OrderStatus>.Of(order.Status)} cannot become {WireNames<OrderStatus>.Of(wanted)}. "
            + (allowed is [] ? "Its status is final." : $"It can become {string.Join(" or ", allowed)}."))
        {
            Pointer = "/status",
            Extensions = new Dictionary<string, object?> { ["allowed"] = allowed },
        };
    }

    public static Problem MonthInvalid() => new(
        400, "month-invalid", "The month is not valid", "Send month as yyyy-MM, e.g. 2026-11 (UTC), or omit it for all months.")
    {
        Pointer = "month",
    };

    public static Problem TokenInvalid() => new(
        400, "consistency-token-invalid", "The consistency token is not valid here",
        "Send a token that you received when you wrote an order of the same month, or of any month for a listing of all months, or send no token.")
    {
        Pointer = ConsistencyHeader,
    };

    public static Problem ConsistencyNotReached() => new(
        503, "consistency-not-reached", "Your last write is not visible yet",
        "The store's replica is behind. Send the request again, or omit the consistency token if an older state is good enough.")
    {
        Pointer = ConsistencyHeader,
        RetryAfterSeconds = 1,
    };
}
