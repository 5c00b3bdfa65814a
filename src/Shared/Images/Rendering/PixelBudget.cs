using System.Threading.RateLimiting;
using Microsoft.Extensions.Options;

namespace ServerlessScale.Shared.Images.Rendering;

/// <summary>
/// Limits the memory used by decoded images in this process. All images that are being rendered have at most
/// <see cref="ImageOptions.MaxPixels"/> pixels in total. Waiting images are admitted in order of arrival.
/// </summary>
public sealed class PixelBudget(IOptions<ImageOptions> options) : IDisposable
{
    private readonly ConcurrencyLimiter _pixels = new(new ConcurrencyLimiterOptions
    {
        PermitLimit = (int)options.Value.MaxPixels,
        QueueLimit = int.MaxValue,
        QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
    });

    /// <summary>Waits until an image fits into the budget and reserves its pixels. Disposing the result releases the reservation.</summary>
    /// <param name="pixels">
    /// The number of pixels in the image. The probe has checked that it is at most <see cref="ImageOptions.MaxPixels"/>.
    /// </param>
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
