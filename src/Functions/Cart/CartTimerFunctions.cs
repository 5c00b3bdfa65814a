using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;
using ServerlessScale.Shared.Cart.Stores;

namespace ServerlessScale.Functions.Cart;

/// <summary>The timer-triggered function for carts.</summary>
public sealed partial class CartTimerFunctions(CartSweep sweep, ILogger<CartTimerFunctions> logger)
{
    /// <summary>Removes expired carts from Table Storage. Runs every hour.</summary>
    [Function("SweepCarts")]
    public async Task SweepAsync([TimerTrigger("0 23 * * * *")] TimerInfo timer, CancellationToken cancellationToken) =>
        LogRemoved(await sweep.RunAsync(cancellationToken));

    [LoggerMessage(LogLevel.Information, "Removed {Carts} expired carts.")]
    private partial void LogRemoved(int carts);
}
