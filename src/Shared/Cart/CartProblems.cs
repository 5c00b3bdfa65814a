using ServerlessScale.Shared.Orders;
using ServerlessScale.Shared.Problems;

namespace ServerlessScale.Shared.Cart;

/// <summary>What cart requests can be refused for besides the rules of orders: the codes are part of the contract.</summary>
public static class CartProblems
{
    /// <summary>Seconds after which the same request has better prospects.</summary>
    private const int SoonAgain = 1;

    public static Problem Missing(string member) => new(
        422, "invalid-body", "The body does not fit its schema", $"{member} is missing; only a quantity of 0 can do without it.")
    {
        Pointer = $"/{member}",
    };

    public static Problem Full() => new(
        422, "cart-full", "The cart has as many lines as it may have",
        $"A cart has {OrderRules.MaxLines} lines at most. Remove one first, by a quantity of 0.")
    {
        Extensions = new Dictionary<string, object?> { ["limit"] = OrderRules.MaxLines },
    };

    public static Problem CurrencyMismatch(string currency) => new(
        422, "currency-mismatch", "A cart has one currency", $"The other lines of this cart are in {currency}. Send the line in it, or empty the cart first.")
    {
        Pointer = "/currency",
        Extensions = new Dictionary<string, object?> { ["currency"] = currency },
    };

    public static Problem Empty() => new(
        409, "cart-empty", "There is nothing to check out",
        "The cart has no lines, its session has expired, or the cookie sid was not sent.");

    /// <param name="checkout">Null when it was somebody else's, who is not spoken of.</param>
    public static Problem CheckedOut(CartCheckout? checkout) => new(
        409, "cart-checked-out", "The cart has been checked out already",
        checkout is null
            ? "This cart has become somebody else's order."
            : "This cart has become an order, under another idempotency key. Get the order, or fill a new cart.")
    {
        Extensions = checkout?.OrderId is { } order ? new Dictionary<string, object?> { ["orderId"] = order } : null,
    };

    public static Problem Busy() => new(
        409, "cart-busy", "Too many requests change the cart at the same time", "Send the request again in a moment.")
    {
        RetryAfterSeconds = SoonAgain,
    };
}
