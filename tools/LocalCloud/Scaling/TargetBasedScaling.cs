namespace ServerlessScale.Local.Scaling;

/// <summary>
/// Azure's target-based scaling (learn.microsoft.com/azure/azure-functions/functions-target-based-scaling). Each function needs
/// ⌈events / target per instance⌉ instances. If any function needs more instances than are running, the missing instances of all functions are
/// added, at most <see cref="ScaleTargets.MaxStep"/> per decision. Otherwise the function that needs the most decides, and instances are
/// removed one at a time after fewer instances have been sufficient for <see cref="ScaleTargets.ScaleInAfter"/>. Not thread-safe.
/// </summary>
internal sealed class TargetBasedScaling(ScaleRange range, ScaleTargets targets, TimeProvider time)
{
    private DateTimeOffset? _fewerSince;
    private DateTimeOffset? _idleSince;

    /// <param name="current">The number of instances that run or start.</param>
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

/// <summary>The demand for instances of one app.</summary>
/// <param name="Requests">The number of HTTP requests whose response is not complete yet.</param>
/// <param name="Messages">The number of visible messages in each queue.</param>
/// <param name="Invocations">The number of running invocations.</param>
internal sealed record ScaleDemand(int Requests, IReadOnlyDictionary<string, int> Messages, int Invocations)
{
    public bool IsIdle => Requests == 0 && Invocations == 0 && Messages.Values.All(count => count == 0);
}
