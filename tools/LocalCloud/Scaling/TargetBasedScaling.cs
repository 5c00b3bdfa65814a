namespace ServerlessScale.Local.Scaling;

/// <summary>
/// Azure's target-based scaling: a function wants ⌈events / target per instance⌉ instances. Where several want more than there are,
/// what they want more is added up, up to <see cref="ScaleTargets.MaxStep"/> at a time; who wants more overrides who wants fewer. Where
/// nobody wants more, there are as many as the one that wants most, one fewer at a time, after it has wanted no more for a while
/// (learn.microsoft.com/azure/azure-functions/functions-target-based-scaling). Not thread-safe.
/// </summary>
internal sealed class TargetBasedScaling(ScaleRange range, ScaleTargets targets, TimeProvider time)
{
    private DateTimeOffset? _fewerSince;
    private DateTimeOffset? _idleSince;

    /// <param name="current">Instances that run or start.</param>
    /// <param name="demand">What waits or is in work.</param>
    /// <returns>How many instances there should be.</returns>
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
