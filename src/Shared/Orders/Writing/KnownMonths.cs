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

    public async Task EnsureAsync(OrderShard shard, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_known.Contains(shard))
            {
                return;
            }
        }

        await store.AddMonthAsync(shard, cancellationToken);
        lock (_gate)
        {
            if (_known.Count >= Most)
            {
                _known.Clear();
            }

            _known.Add(shard);
        }
    }
}
