namespace ServerlessScale.ColdStart.AlwaysReady;

/// <summary>
/// One app that meets the requests with a number of always-ready instances: a request goes to the first instance that has room, always-ready
/// ones first; where none has, an on-demand instance is started, and the request waits for it. So does what comes to it meanwhile.
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

    public void Meet(Request request)
    {
        TakeAwayIdle(request.At);
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

    /// <param name="seconds">From the first request to the end of the log; costs are scaled from there to a month.</param>
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

    private void TakeAwayIdle(double now)
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
}
