using System.Buffers;
using System.Diagnostics;
using ServerlessScale.Shared.Images.Rendering;

namespace ServerlessScale.Shared.Images.Storage;

/// <summary>
/// Stores the variants of one image while the next ones are being encoded, a few at a time, so that neither waits for the other
/// and memory stays bounded.
/// </summary>
internal sealed class VariantWriter(VariantStore store, ImageId id, CancellationToken cancellationToken) : IAsyncDisposable
{
    private const int MostAtOnce = 4;

    private readonly Queue<Task> _writes = [];

    /// <summary>How long the job stood still for storage.</summary>
    public TimeSpan Waited { get; private set; }

    /// <summary>Takes a copy of <paramref name="variant"/>, whose bytes are only lent, and starts storing it.</summary>
    public async Task AddAsync(RenderedVariant variant)
    {
        if (_writes.Count == MostAtOnce)
        {
            await WaitForOldestAsync();
        }

        var buffer = ArrayPool<byte>.Shared.Rent(variant.Content.Length);
        variant.Content.CopyTo(buffer);
        _writes.Enqueue(StoreAsync(new VariantName(variant.Width, variant.Format), buffer, variant.Content.Length));
    }

    public async Task CompleteAsync()
    {
        while (_writes.Count > 0)
        {
            await WaitForOldestAsync();
        }
    }

    /// <summary>
    /// Waits for what is still under way. Cancelling it instead would leave requests that storage may yet carry out, after the job
    /// has removed the variants of an image that it rejected.
    /// </summary>
    public async ValueTask DisposeAsync() =>
        await Task.WhenAll(_writes).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    private async Task WaitForOldestAsync()
    {
        var started = Stopwatch.GetTimestamp();
        await _writes.Dequeue();
        Waited += Stopwatch.GetElapsedTime(started);
    }

    private async Task StoreAsync(VariantName name, byte[] buffer, int count)
    {
        try
        {
            await store.PutAsync(id, name, buffer, count, cancellationToken);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
