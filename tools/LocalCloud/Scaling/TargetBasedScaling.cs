namespace ServerlessScale.Local.Scaling;

/// <summary>
/// Implements Azure's target-based scaling (learn.microsoft.com/azure/azure-functions/functions-target-based-scaling). Each function needs
/// ⌈events / target per instance⌉ instances. If any function needs more instances than the app has, the shortfalls of all functions are
/// added up, and that many instances are started, but at most <see cref="ScaleTargets.MaxStep"/> per decision. When every function has
/// needed fewer instances for <see cref="ScaleTargets.ScaleInAfter"/>, one instance is removed and the wait starts again. The last instance
/// is removed only if the app has also been idle for <see cref="ScaleTargets.ToZeroAfter"/>. The class is not thread-safe.
/// </summary>
internal sealed class TargetBasedScaling(ScaleRange range, ScaleTargets targets, TimeProvider time)
{
    private DateTimeOffset? _fewerSince;
    private DateTimeOffset? _idleSince;

    /// <summary>Decides on the number of instances.</summary>
    /// <param name="current">The number of instances that are starting or running.</param>
    /// <param name="demand">The current demand.</param>
    /// <returns>The number of instances that should run.</returns>
    public int Decide(int current, ScaleDemand demand)
    {
        int[] wanted =
        [
            Instances(demand.Requests, targets.RequestsPerInstance),
            .. demand.Messages.Values.Select(count => Instances(count, targets.MessagesPerInstance)),
        ];
        var now = time.GetUtcNow();
        _idleSince = demand.IsIdle ? _idleSince ?? now : null;
        var more = wanted.Sum(count => Math.Max(0, count - current));
        if (more > 0 || current < range.Min)
        {
            _fewerSince = null;
            return Math.Clamp(current + Math.Min(more, targets.MaxStep), range.Min, range.Max);
        }

        if (wanted.Max() >= current || current == range.Min)
        {
            _fewerSince = null;
            return current;
        }

        _fewerSince ??= now;
        if (now - _fewerSince < targets.ScaleInAfter || (current == 1 && !(now - _idleSince >= targets.ToZeroAfter)))
        {
            return current;
        }

        _fewerSince = now;
        return current - 1;
    }

    private static int Instances(int events, int target) => (events + target - 1) / target;
}

/// <summary>The load on an app, which determines the number of instances that it needs.</summary>
/// <param name="Requests">The number of HTTP requests that do not have a complete response yet.</param>
/// <param name="Messages">The number of visible messages in each queue.</param>
/// <param name="Events">The number of messages and timer events that are being processed.</param>
internal sealed record ScaleDemand(int Requests, IReadOnlyDictionary<string, int> Messages, int Events)
{
    public bool IsIdle => Requests == 0 && Events == 0 && Messages.Values.All(count => count == 0);
}
