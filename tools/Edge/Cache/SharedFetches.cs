namespace ServerlessScale.Edge.Cache;

/// <summary>
/// The fetches in progress. At most one fetch per key accepts further requests. A request for a key that is being fetched waits for the
/// existing fetch (request collapsing). A fetch that has taken longer than the time limit accepts no further requests, so that an origin that
/// does not respond cannot block a key.
/// </summary>
/// <param name="time">The clock.</param>
/// <param name="limit">The maximum time that a request waits for another request's fetch.</param>
internal sealed class SharedFetches(TimeProvider time, TimeSpan limit)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<CacheKey, SharedFetch> _fetches = [];

    /// <summary>
    /// Joins the fetch for a key, or starts a new fetch if none is in progress. Every caller must call <see cref="SharedFetch.Leave"/> when
    /// it stops waiting.
    /// </summary>
    /// <param name="key">The key to fetch.</param>
    /// <param name="prepare">
    /// Called on the caller's thread if no fetch is in progress. The returned function performs the fetch on another thread, where it may
    /// outlive the caller's request.
    /// </param>
    /// <param name="isFirst">Whether this call started the fetch.</param>
    public SharedFetch Join(CacheKey key, Func<SharedFetch, Func<Task<FetchOutcome>>> prepare, out bool isFirst)
    {
        SharedFetch fetch;
        lock (_gate)
        {
            var now = time.GetUtcNow();
            if (_fetches.TryGetValue(key, out var inProgress) && inProgress.StartedAt + limit > now && inProgress.TryJoin())
            {
                isFirst = false;
                return inProgress;
            }

            isFirst = true;
            fetch = new SharedFetch(now);
            _fetches[key] = fetch;
        }

        var run = prepare(fetch);
        _ = Task.Run(() => RunAsync(key, fetch, run));
        return fetch;
    }

    /// <summary>
    /// Prevents further requests from joining the matching fetches, because the origin may have sent those responses before the content
    /// changed.
    /// </summary>
    public void Detach(PurgePattern pattern)
    {
        lock (_gate)
        {
            foreach (var key in _fetches.Keys.Where(key => pattern.Matches(key.Path)).ToList())
            {
                _fetches.Remove(key);
            }
        }
    }

    /// <summary>
    /// Prevents further requests from joining the fetch for a key, and prevents its response from being stored, because the content may have
    /// changed.
    /// </summary>
    public void Invalidate(CacheKey key)
    {
        lock (_gate)
        {
            if (_fetches.Remove(key, out var fetch))
            {
                fetch.MarkAsOutdated();
            }
        }
    }

    /// <summary>Does the same as <see cref="Invalidate(CacheKey)"/> for all keys whose path matches the pattern.</summary>
    public void Invalidate(PurgePattern pattern)
    {
        lock (_gate)
        {
            foreach (var key in _fetches.Keys.Where(key => pattern.Matches(key.Path)).ToList())
            {
                _fetches.Remove(key, out var fetch);
                fetch!.MarkAsOutdated();
            }
        }
    }

    private async Task RunAsync(CacheKey key, SharedFetch fetch, Func<Task<FetchOutcome>> run)
    {
        FetchOutcome outcome = new FetchOutcome.Failed(null);
        try
        {
            outcome = await run();
        }
        catch (OperationCanceledException)
        {
            // All waiting requests have left.
        }
        finally
        {
            lock (_gate)
            {
                if (_fetches.TryGetValue(key, out var current) && ReferenceEquals(current, fetch))
                {
                    _fetches.Remove(key);
                }
            }

            fetch.Complete(outcome);
        }
    }
}
