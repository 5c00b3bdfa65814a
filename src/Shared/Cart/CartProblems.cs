using ServerlessScale.Shared.Orders;
using ServerlessScale.Shared.Problems;

namespace ServerlessScale.Shared.Cart;

/// <summary>The problems that are specific to cart requests. Their codes are part of the HTTP contract.</summary>
public static class CartProblems
{
    public static Problem Full() => new(
        422, "cart-full", "The cart already has the maximum number of lines",
        $"A cart can have at most {OrderRules.MaxLines} lines. To remove a line, set its quantity to 0.")
    {
        Extensions = new Dictionary<string, object?> { ["limit"] = OrderRules.MaxLines },
    };

    public static Problem CurrencyMismatch(string currency) => new(
        422, "currency-mismatch", "All lines of a cart must have the same currency",
        $"The prices of the other lines of this cart are in {currency}, but the price of this product is not. Empty the cart first.")
    {
        Pointer = "sku",
        Extensions = new Dictionary<string, object?> { ["currency"] = currency },
    };

    public static Problem Empty() => new(
        409, "cart-empty", "There is nothing to check out",
        "The cart has no lines, its session has expired, or the sid cookie was not sent.");

    /// <param name="checkout">
    /// The checkout by the same customer. Null when another customer checked out the cart; the problem then omits the order's id.
    /// </param>
    public static Problem CheckedOut(CartCheckout? checkout) => new(
        409, "cart-checked-out", "The cart has already been checked out",
        checkout is null
            ? "Another customer has ordered this cart."
            : "This cart was ordered with another idempotency key. Get the order, or fill a new cart.")
    {
        Extensions = checkout?.OrderId is { } order ? new Dictionary<string, object?> { ["orderId"] = order } : null,
    };

    public static Problem Busy() => new(
        409, "cart-busy", "Too many requests are changing the cart at the same time", "Send the request again in a moment.")
    {
        RetryAfterSeconds = 1,
    };
}
