using System.Collections.Concurrent;
using ServerlessScale.Shared.Storage;

namespace ServerlessScale.Shared.Catalogue.Stores;

/// <summary>
/// Reads many products at once. Requests of this instance that need the same product at the same time share one read, so that a burst of
/// orders for one product does not become a burst of reads. A shared read may have begun a moment before the request that joins it.
/// </summary>
/// <param name="read">Reads one product from the store.</param>
internal sealed class SharedReads(Func<string, Task<Product?>> read)
{
    private readonly ConcurrentDictionary<string, Lazy<Task<Product?>>> _running = new(StringComparer.Ordinal);

    public async Task<IReadOnlyDictionary<string, Product>> FindManyAsync(IEnumerable<string> skus, CancellationToken cancellationToken)
    {
        string[] distinct = [.. skus.Distinct(StringComparer.Ordinal)];
        var found = await StorageWait.LimitAsync(limited => Task.WhenAll(distinct.Select(Join)).WaitAsync(limited), cancellationToken);
        return found.OfType<Product>().ToDictionary(product => product.Sku, StringComparer.Ordinal);
    }

    private Task<Product?> Join(string sku) => _running.GetOrAdd(sku, key => new(() => RunAsync(key))).Value;

    private async Task<Product?> RunAsync(string sku)
    {
        try
        {
            // The read belongs to no request, so that neither the cancellation nor the time limit of the request that began the read affects
            // the requests that joined it. Each of them limits its own wait.
            Task<Product?> reading;
            using (ExecutionContext.SuppressFlow())
            {
                reading = Task.Run(() => read(sku));
            }

            return await reading;
        }
        finally
        {
            _running.TryRemove(sku, out _);
        }
    }
}
