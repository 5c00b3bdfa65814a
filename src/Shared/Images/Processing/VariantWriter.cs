using System.Diagnostics;
using ServerlessScale.Shared.Images.Rendering;
using ServerlessScale.Shared.Images.Storage;

namespace ServerlessScale.Shared.Images.Processing;

/// <summary>
/// Stores the variants of one image while the following variants are being encoded. At most <see cref="MaxConcurrentWrites"/> writes run
/// concurrently, which limits the memory that encoded variants take up.
/// </summary>
internal sealed class VariantWriter(VariantStore store, ImageId id, CancellationToken cancellationToken) : IAsyncDisposable
{
    private const int MaxConcurrentWrites = 4;

    private readonly Queue<Task> _writes = [];

    /// <summary>The total time that the job has waited for writes to finish.</summary>
    public TimeSpan Waited { get; private set; }

    /// <summary>Starts to store a variant. Waits for an earlier variant if too many writes are running.</summary>
    public async Task AddAsync(RenderedVariant variant)
    {
        if (_writes.Count == MaxConcurrentWrites)
        {
            await WaitForOldestAsync();
        }

        _writes.Enqueue(store.PutAsync(id, variant.Name, variant.Content, cancellationToken));
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
}
