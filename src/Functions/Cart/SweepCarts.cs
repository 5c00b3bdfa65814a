using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;
using ServerlessScale.Shared.Cart;

namespace ServerlessScale.Functions.Cart;

/// <summary>Every hour: removes carts from tables that expired before today.</summary>
public sealed partial class SweepCarts(CartSweep sweep, ILogger<SweepCarts> logger)
{
    [Function(nameof(SweepCarts))]
    public async Task RunAsync([TimerTrigger("0 23 * * * *")] TimerInfo timer, CancellationToken cancellationToken) =>
        Swept(await sweep.RunAsync(cancellationToken));

    [LoggerMessage(LogLevel.Information, "Removed {Carts} expired carts.")]
    private partial void Swept(int carts);
}
