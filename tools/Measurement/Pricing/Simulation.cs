namespace ServerlessScale.Measurement.Pricing;

/// <summary>
/// Simulates one app with a given number of always-ready instances. A request goes to the first instance with free capacity. Always-ready
/// instances are tried before on-demand instances. If no instance has free capacity, an on-demand instance starts, and the request waits
/// until it has started. Further requests that are assigned to the starting instance also wait.
/// </summary>
internal sealed class Simulation
{
    private readonly FlexApp _app;
    private readonly FlexPrices _prices;
    private readonly List<Instance> _instances = [];
    private readonly int _alwaysReady;
    private double _onDemandSeconds;
    private long _onDemandExecutions;
    private long _requests;
    private long _cold;
    private double _waited;
    private int _most;

    public Simulation(int alwaysReady, FlexApp app, FlexPrices prices)
    {
        (_alwaysReady, _app, _prices) = (alwaysReady, app, prices);
        _instances.AddRange(Enumerable.Range(0, alwaysReady).Select(_ => new Instance(alwaysReady: true, readyAt: double.NegativeInfinity)));
    }

    public void Handle(Request request)
    {
        StopIdleInstances(request.At);
        var instance = _instances.Find(candidate => candidate.Working < _app.Concurrency);
        if (instance is null)
        {
            instance = new Instance(alwaysReady: false, request.At + _app.ColdStartSeconds);
            _instances.Add(instance);
            _most = Math.Max(_most, _instances.Count);
        }

        var wait = instance.Take(request);
        _requests++;
        _cold += wait > 0 ? 1 : 0;
        _waited += wait;
    }

    /// <param name="seconds">The length of the simulated period in seconds. The costs of this period are scaled to a month.</param>
    public AlwaysReadyRow Finish(double seconds)
    {
        _instances.ForEach(instance => instance.Advance(double.PositiveInfinity, _prices));
        foreach (var instance in _instances.Where(instance => !instance.AlwaysReady))
        {
            Account(instance);
        }

        var months = seconds / FlexPrices.SecondsPerMonth;
        var alwaysReady = _instances.Where(instance => instance.AlwaysReady).ToArray();
        var onDemand = (Math.Max(0, (_onDemandSeconds * _app.MemoryGb / months) - _prices.FreeGbSeconds) * _prices.OnDemandGbSecond)
            + (Math.Max(0, (_onDemandExecutions / months) - _prices.FreeExecutions) / 1_000_000 * _prices.MillionExecutions);
        var baseline = _alwaysReady * _app.MemoryGb * FlexPrices.SecondsPerMonth * _prices.BaselineGbSecond;
        var working = (alwaysReady.Sum(instance => instance.BilledSeconds) * _app.MemoryGb / months * _prices.AlwaysReadyGbSecond)
            + (alwaysReady.Sum(instance => instance.Executions) / months / 1_000_000 * _prices.MillionExecutions);
        return new(_alwaysReady, _requests, _cold, _cold == 0 ? 0 : _waited / _cold, Math.Max(_most, _alwaysReady), onDemand, baseline, working);
    }

    private void StopIdleInstances(double now)
    {
        for (var i = _instances.Count - 1; i >= 0; i--)
        {
            var instance = _instances[i];
            instance.Advance(now, _prices);
            if (!instance.AlwaysReady && instance.Working == 0 && instance.LastEnd + _app.IdleSeconds < now)
            {
                Account(instance);
                _instances.RemoveAt(i);
            }
        }
    }

    private void Account(Instance instance)
    {
        _onDemandSeconds += instance.BilledSeconds;
        _onDemandExecutions += instance.Executions;
    }

    /// <summary>A simulated instance. All times are in seconds.</summary>
    /// <param name="alwaysReady">Whether the instance exists from the beginning and is never stopped.</param>
    /// <param name="readyAt">The time at which the instance becomes ready.</param>
    private sealed class Instance(bool alwaysReady, double readyAt)
    {
        private readonly double _readyAt = readyAt;
        private readonly PriorityQueue<double, double> _ends = new();
        private double _busySince = double.NaN;

        public bool AlwaysReady => alwaysReady;

        public int Working => _ends.Count;

        /// <summary>
        /// The time at which the last accepted request ends. Before the first request, this is the time at which the instance becomes
        /// ready.
        /// </summary>
        public double LastEnd { get; private set; } = readyAt;

        public double BilledSeconds { get; private set; }

        public long Executions { get; private set; }

        /// <summary>
        /// Removes the requests that ended at or before <paramref name="now"/>. If no request remains, bills the period of work.
        /// </summary>
        public void Advance(double now, FlexPrices prices)
        {
            while (_ends.TryPeek(out _, out var end) && end <= now)
            {
                _ends.Dequeue();
                if (_ends.Count == 0)
                {
                    BilledSeconds += prices.Billable(end - _busySince);
                }
            }
        }

        /// <returns>The time for which the request waits until the instance is ready.</returns>
        public double Take(Request request)
        {
            var begin = Math.Max(request.At, _readyAt);
            if (_ends.Count == 0)
            {
                _busySince = begin;
            }

            var end = begin + request.Duration;
            _ends.Enqueue(end, end);
            LastEnd = Math.Max(LastEnd, end);
            Executions++;
            return begin - request.At;
        }
    }
}

/// <summary>The properties of an app in the Flex Consumption plan.</summary>
internal sealed record FlexApp
{
    /// <summary>The memory of each instance in GB: 0.5, 2 or 4.</summary>
    public required double MemoryGb { get; init; }

    /// <summary>The number of requests that an instance handles concurrently. Further requests start another instance.</summary>
    public required int Concurrency { get; init; }

    /// <summary>The time in seconds from the request that starts an instance until the instance is ready.</summary>
    public required double ColdStartSeconds { get; init; }

    /// <summary>The time in seconds that an on-demand instance is idle before it is stopped. Azure does not document this time.</summary>
    public required double IdleSeconds { get; init; }
}

/// <summary>A request from a log or from generated traffic.</summary>
/// <param name="At">The time of the request in seconds since the start of the traffic.</param>
/// <param name="Duration">The time in seconds that a warm instance needs to process the request.</param>
internal readonly record struct Request(double At, double Duration);
