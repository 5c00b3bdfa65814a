using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using ServerlessScale.Tests.Reliability.Orders;

namespace ServerlessScale.Tests.Reliability.Cart;

/// <summary>
/// A trap for one step of a customer's checkout. A step is a write to the cart in either cart store, or the commit of the order.
/// </summary>
internal sealed class CheckoutTrap : RequestTrap
{
    public const string Freeze = "freeze";
    public const string Order = "order";
    public const string Close = "close";
    public const string Issue = "issue";

    /// <param name="command">The Redis command with its arguments, exactly as it was sent.</param>
    /// <returns>The armed trap, or null if the command is not trapped.</returns>
    public Armed? Find(string command) => Waiting is { } armed && NameOf(command) is { } name ? Strike(armed, name) : null;

    protected override async Task<string?> NameOfAsync(HttpRequest request, string customer)
    {
        var target = request.HttpContext.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        var isBatch = target.Contains("batch", StringComparison.Ordinal);
        if (!isBatch && (!target.Contains("/Carts(", StringComparison.Ordinal) || HttpMethods.IsGet(request.Method)))
        {
            return null;
        }

        var body = await BodyOfAsync(request);
        if (isBatch)
        {
            // Queue functions write batches too, for events of earlier orders and for orders of other customers.
            return body.Contains("/Orders", StringComparison.Ordinal) && body.Contains(customer, StringComparison.Ordinal) ? Order : null;
        }

        return NameOf(body);
    }

    /// <summary>
    /// Returns the name of the latest checkout stage in a write. A write to Redis can contain several stages, because it includes the
    /// cart's previous state.
    /// </summary>
    private static string? NameOf(string write) =>
        write.Contains("CheckedOut", StringComparison.Ordinal) ? Close
        : write.Contains("CheckingOut", StringComparison.Ordinal) ? Freeze
        : write.Contains("Open", StringComparison.Ordinal) ? Issue
        : null;
}
