using System.Threading.RateLimiting;
using Microsoft.Extensions.Options;

namespace ServerlessScale.Shared.Images.Rendering;

/// <summary>
/// Bounds the memory that decoded images take in this process: all images being rendered have at most
/// <see cref="ImageOptions.MaxPixels"/> pixels together, so one of the largest, or many small ones. First come, first served.
/// </summary>
public sealed class PixelBudget(IOptions<ImageOptions> options) : IDisposable
{
    private readonly ConcurrencyLimiter _pixels = new(new ConcurrencyLimiterOptions
    {
        PermitLimit = (int)options.Value.MaxPixels,
        QueueLimit = int.MaxValue,
        QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
    });

    /// <summary>Waits until there is room for <paramref name="pixels"/>; disposing of the result gives it back.</summary>
    /// <param name="pixels">At most <see cref="ImageOptions.MaxPixels"/>, as the probe makes sure.</param>
    public async Task<IDisposable> ReserveAsync(long pixels, CancellationToken cancellationToken)
    {
        var lease = await _pixels.AcquireAsync(checked((int)pixels), cancellationToken);
        if (lease.IsAcquired)
        {
            return lease;
        }

        lease.Dispose();
        throw new InvalidOperationException($"More pixels are waiting for memory than can be counted, with {pixels} on top.");
    }

    public void Dispose() => _pixels.Dispose();
}
