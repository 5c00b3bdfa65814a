namespace ServerlessScale.Edge.Cache;

/// <summary>The fetches under way, one for each key: requests for what is being fetched wait for it instead of asking too.</summary>
internal sealed class Flights
{
    private readonly Lock _gate = new();
    private readonly Dictionary<CacheKey, Flight> _flights = [];

    /// <summary>Joins the fetch of a key, or begins it. <see cref="Flight.Leave"/> ends the wait.</summary>
    /// <param name="key">What is needed.</param>
    /// <param name="prepare">Called when nobody fetches it yet, for the fetch; it runs on after this caller has left.</param>
    /// <param name="leads">Whether this call began it.</param>
    public Flight Join(CacheKey key, Func<Flight, Func<Task<FetchOutcome>>> prepare, out bool leads)
    {
        Flight flight;
        lock (_gate)
        {
            if (_flights.TryGetValue(key, out var underWay) && underWay.Board())
            {
                leads = false;
                return underWay;
            }

            leads = true;
            flight = new Flight();
            _flights[key] = flight;
        }

        var fetch = prepare(flight);
        _ = Task.Run(() => FlyAsync(key, flight, fetch));
        return flight;
    }

    /// <summary>Nobody joins these any more: what they bring may be what a purge was for.</summary>
    public void Forget(PurgePattern pattern)
    {
        lock (_gate)
        {
            foreach (var key in _flights.Keys.Where(key => pattern.Matches(key.Path)).ToList())
            {
                _flights.Remove(key);
            }
        }
    }

    private async Task FlyAsync(CacheKey key, Flight flight, Func<Task<FetchOutcome>> fetch)
    {
        FetchOutcome outcome = new FetchOutcome.Failed(null);
        try
        {
            outcome = await fetch();
        }
        catch (OperationCanceledException)
        {
            // Nobody waits any more.
        }
        finally
        {
            lock (_gate)
            {
                if (_flights.TryGetValue(key, out var current) && ReferenceEquals(current, flight))
                {
                    _flights.Remove(key);
                }
            }

            flight.Land(outcome);
        }
    }
}
