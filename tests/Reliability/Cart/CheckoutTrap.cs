using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using ServerlessScale.Tests.Reliability.Orders;

namespace ServerlessScale.Tests.Reliability.Cart;

/// <summary>Traps a step of any customer's checkout: a write of the cart in either store, or the commit of the order.</summary>
internal sealed class CheckoutTrap : RequestTrap
{
    public const string Freeze = "freeze";
    public const string Order = "order";
    public const string Close = "close";
    public const string Issue = "issue";

    /// <param name="command">A command to Redis with its arguments, as it was sent.</param>
    /// <returns>Null when the command is not trapped.</returns>
    public Armed? Find(string command) => Waiting is { } armed && NameOf(command) is { } name ? Strike(armed, name) : null;

    protected override async Task<string?> NameOfAsync(HttpRequest request, string customer)
    {
        var target = request.HttpContext.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        if (target.Contains("batch", StringComparison.Ordinal))
        {
            return Order;
        }

        if (!target.Contains("/Carts(", StringComparison.Ordinal) || HttpMethods.IsGet(request.Method))
        {
            return null;
        }

        request.EnableBuffering();
        using var reader = new StreamReader(request.Body, leaveOpen: true);
        var body = await reader.ReadToEndAsync(request.HttpContext.RequestAborted);
        request.Body.Position = 0;
        return NameOf(body);
    }

    /// <summary>Names a write by the latest stage in it, because a script for Redis also contains the previous state of the cart.</summary>
    private static string? NameOf(string write) =>
        write.Contains("CheckedOut", StringComparison.Ordinal) ? Close
        : write.Contains("CheckingOut", StringComparison.Ordinal) ? Freeze
        : write.Contains("Open", StringComparison.Ordinal) ? Issue
        : null;
}
