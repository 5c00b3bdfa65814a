using System.Net;

namespace ServerlessScale.Edge.Logic;

/// <summary>
/// Counts requests by socket address in fixed windows, as Front Door does: over the threshold, everything is refused until the window
/// ends.
/// </summary>
internal sealed class RateLimit(int threshold, TimeSpan window, TimeProvider time)
{
    /// <summary>Addresses beyond it are counted together, so that a flood of them takes no memory.</summary>
    private const int MostAddresses = 65_536;

    private readonly Lock _gate = new();
    private readonly Dictionary<IPAddress, int> _counts = [];
    private long _window;
    private int _others;

    /// <param name="address">Who asks.</param>
    /// <param name="remaining">How long the window still lasts.</param>
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
