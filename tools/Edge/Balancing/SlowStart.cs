using System.Runtime.CompilerServices;

namespace ServerlessScale.Edge.Balancing;

/// <summary>
/// Increases the share of a new destination linearly from a tenth to its full share, so that its caches and compiled code can warm up. The
/// defaults are those of Envoy, an aggression of 1.0 and a minimum of 10 %
/// (envoyproxy.io/docs/envoy/latest/intro/arch_overview/upstream/load_balancing/slow_start). The share changes in steps, because a weighted
/// round robin restarts after each change.
/// </summary>
/// <param name="window">The time until a new destination gets its full share; zero to give it the full share immediately.</param>
/// <param name="time">The clock.</param>
internal sealed class SlowStart(TimeSpan window, TimeProvider time)
{
    private readonly ConditionalWeakTable<object, StrongBox<long>> _firstSeen = [];

    /// <summary>Returns the warmth of a destination, which starts at its first call.</summary>
    public int WarmthOf(object destination)
    {
        if (window <= TimeSpan.Zero)
        {
            return Candidate.Warm;
        }

        var first = _firstSeen.GetValue(destination, _ => new(time.GetTimestamp()));
        var share = time.GetElapsedTime(first.Value) / window;
        return Math.Clamp((int)(Candidate.Warm * share), 1, Candidate.Warm);
    }
}
