using System.Threading.RateLimiting;
using Microsoft.Extensions.Options;

namespace ServerlessScale.Shared.Images.Rendering;

/// <summary>
/// Limits the memory that decoded images take in this process. All images that are being rendered have together at most
/// <see cref="ImageOptions.MaxPixels"/> pixels. Images that must wait are served in order of arrival.
/// </summary>
public sealed class PixelBudget(IOptions<ImageOptions> options) : IDisposable
{
    private readonly ConcurrencyLimiter _pixels = new(new ConcurrencyLimiterOptions
    {
        PermitLimit = (int)options.Value.MaxPixels,
        QueueLimit = int.MaxValue,
        QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
    });

    /// <summary>Waits until <paramref name="pixels"/> can be reserved. Disposing the result releases them.</summary>
    /// <param name="pixels">At most <see cref="ImageOptions.MaxPixels"/>, which the probe has checked.</param>
    public async Task<IDisposable> ReserveAsync(long pixels, CancellationToken cancellationToken)
    {
        var lease = await _pixels.AcquireAsync(checked((int)pixels), cancellationToken);
        if (lease.IsAcquired)
        {
            return lease;
        }

        lease.Dispose();
        throw new InvalidOperationException($"{pixels} pixels could not be reserved, because too many images are waiting for memory.");
    }

    public void Dispose() => _pixels.Dispose();
}
