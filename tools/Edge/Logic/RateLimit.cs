using System.Net;

namespace ServerlessScale.Edge.Logic;

/// <summary>
/// Counts the requests from each socket address in fixed time windows, as Front Door does. When the count for an address reaches the
/// threshold, further requests from that address are refused until the window ends.
/// </summary>
internal sealed class RateLimit(int threshold, TimeSpan window, TimeProvider time)
{
    /// <summary>
    /// The maximum number of addresses with separate counters. All further addresses share one counter, so that requests from a very large
    /// number of addresses cannot exhaust the memory.
    /// </summary>
    private const int MostAddresses = 65_536;

    private readonly Lock _gate = new();
    private readonly Dictionary<IPAddress, int> _counts = [];
    private long _window;
    private int _others;

    /// <summary>Counts a request, and returns whether the request is within the limit.</summary>
    /// <param name="address">The socket address of the request.</param>
    /// <param name="remaining">The time until the current window ends.</param>
    public bool Admits(IPAddress address, out TimeSpan remaining)
    {
        lock (_gate)
        {
            var now = time.GetUtcNow().UtcTicks;
            var current = now / window.Ticks;
            remaining = TimeSpan.FromTicks(((current + 1) * window.Ticks) - now);
            if (current != _window)
            {
                _window = current;
                _counts.Clear();
                _others = 0;
            }

            if (_counts.TryGetValue(address, out var count) || _counts.Count < MostAddresses)
            {
                _counts[address] = count + 1;
                return count < threshold;
            }

            return _others++ < threshold;
        }
    }
}
