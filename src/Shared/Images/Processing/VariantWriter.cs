using System.Buffers;
using System.Diagnostics;
using ServerlessScale.Shared.Images.Rendering;
using ServerlessScale.Shared.Images.Storage;

namespace ServerlessScale.Shared.Images.Processing;

/// <summary>
/// Stores the variants of one image while the following variants are being encoded. At most <see cref="MaxConcurrentWrites"/> writes run
/// concurrently, which limits the memory that the copies of the variants take up.
/// </summary>
internal sealed class VariantWriter(VariantStore store, ImageId id, CancellationToken cancellationToken) : IAsyncDisposable
{
    private const int MaxConcurrentWrites = 4;

    private readonly Queue<Task> _writes = [];

    /// <summary>The total time that the job has waited for writes to finish.</summary>
    public TimeSpan Waited { get; private set; }

    /// <summary>
    /// Copies the bytes of <paramref name="variant"/>, because the engine reuses its buffer, and starts to store the copy.
    /// </summary>
    public async Task AddAsync(RenderedVariant variant)
    {
        if (_writes.Count == MaxConcurrentWrites)
        {
            await WaitForOldestAsync();
        }

        var buffer = ArrayPool<byte>.Shared.Rent(variant.Content.Length);
        variant.Content.CopyTo(buffer);
        _writes.Enqueue(StoreAsync(variant.Name, buffer, variant.Content.Length));
    }

    /// <summary>Waits until all variants are stored.</summary>
    /// <exception cref="Azure.RequestFailedException">A variant could not be stored.</exception>
    public async Task CompleteAsync()
    {
        while (_writes.Count > 0)
        {
            await WaitForOldestAsync();
        }
    }

    /// <summary>
    /// Waits for the writes that are still running. Cancelling the writes would not be safe, because storage might carry out a cancelled
    /// request after the job has removed the variants of a rejected image.
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
