using System.Threading.RateLimiting;
using Microsoft.Extensions.Options;

namespace ServerlessScale.Shared.Images.Rendering;

/// <summary>
/// Limits the memory that decoded images take in this process. The images that are being rendered have a total of at most
/// <see cref="ImageOptions.MaxPixels"/> pixels. Waiting images are admitted in order of arrival.
/// </summary>
public sealed class PixelBudget(IOptions<ImageOptions> options) : IDisposable
{
    private readonly ConcurrencyLimiter _pixels = new(new ConcurrencyLimiterOptions
    {
        PermitLimit = (int)options.Value.MaxPixels,
        QueueLimit = int.MaxValue,
        QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
    });

    /// <summary>Waits until the pixels of an image can be reserved. Disposing the result releases the reservation.</summary>
    /// <param name="pixels">
    /// The image's number of pixels. The probe has checked that it is at most <see cref="ImageOptions.MaxPixels"/>.
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
