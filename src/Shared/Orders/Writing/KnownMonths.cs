namespace ServerlessScale.Shared.Orders.Writing;

/// <summary>
/// Adds the month of an order to its customer's index before the order is committed. Remembers the months that this instance has added, so
/// that only the first order of a customer in a month costs a request.
/// </summary>
internal sealed class KnownMonths(IOrderStore store)
{
    /// <summary>The number of remembered months, which take up about one megabyte.</summary>
    private const int Most = 10_000;

    private readonly Lock _gate = new();
    private readonly HashSet<OrderShard> _known = [];

    /// <summary>The additions that are running. Concurrent orders share one, so that they do not compete for the customer's index.</summary>
    private readonly Dictionary<OrderShard, Task> _adding = [];

    public Task EnsureAsync(OrderShard shard, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_known.Contains(shard))
            {
                return Task.CompletedTask;
            }

            if (!_adding.TryGetValue(shard, out var adding))
            {
                _adding[shard] = adding = AddAsync(shard);
            }

            return adding.WaitAsync(cancellationToken);
        }
    }

    private async Task AddAsync(OrderShard shard)
    {
        // Continues outside the lock, after the caller has stored the task.
        await Task.Yield();
        try
        {
            // The addition has no cancellation token, because several orders wait for it. The store limits its duration.
            await store.AddMonthAsync(shard, CancellationToken.None);
            lock (_gate)
            {
                if (_known.Count >= Most)
                {
                    _known.Clear();
                }

                _known.Add(shard);
            }
        }
        finally
        {
            lock (_gate)
            {
                _adding.Remove(shard);
            }
        }
    }
}
