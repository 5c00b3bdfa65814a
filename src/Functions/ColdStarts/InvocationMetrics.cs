using System.Diagnostics;
using System.Diagnostics.Metrics;
using ServerlessScale.Shared.ColdStarts;

namespace ServerlessScale.Functions.ColdStarts;

/// <summary>
/// Records the metrics that OpenTelemetry's semantic conventions define for functions as a service (FaaS). Names and units follow the
/// conventions.
/// </summary>
internal sealed class InvocationMetrics
{
    public const string MeterName = "ServerlessScale.Functions";

    private static readonly InstrumentAdvice<double> DurationBounds = new()
    {
        HistogramBucketBoundaries = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10],
    };

    private readonly Counter<long> _invocations;
    private readonly Counter<long> _coldStarts;
    private readonly Counter<long> _errors;
    private readonly Histogram<double> _duration;
    private readonly Histogram<double> _initDuration;
    private readonly Histogram<long> _memory;

    public InvocationMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        _invocations = meter.CreateCounter<long>("faas.invocations", "{invocation}", "Number of invocations.");
        _coldStarts = meter.CreateCounter<long>("faas.coldstarts", "{coldstart}", "Number of cold starts.");
        _errors = meter.CreateCounter<long>("faas.errors", "{error}", "Number of invocations that failed.");
        _duration = meter.CreateHistogram("faas.invoke_duration", "s", "Duration of an invocation.", tags: null, DurationBounds);
        _initDuration = meter.CreateHistogram(
            "faas.init_duration", "s", "Time from process start until the host received the list of functions.", tags: null, DurationBounds);
        _memory = meter.CreateHistogram<long>("faas.mem_usage", "By", "Memory of the process after an invocation.");
    }

    /// <param name="invocation">An invocation that has ended.</param>
    /// <param name="initSeconds"><see cref="StartupTimeline.InitSeconds"/>; recorded only for a cold invocation.</param>
    public void Record(InvocationRecord invocation, double initSeconds)
    {
        var tags = new TagList
        {
            { "faas.trigger", invocation.Trigger },
            { "faas.name", invocation.Function },
        };
        _invocations.Add(1, tags);
        _duration.Record(invocation.DurationMs / 1000, tags);
        _memory.Record(invocation.WorkingSetBytes, tags);
        if (invocation.Failed)
        {
            _errors.Add(1, tags);
        }

        if (invocation.Cold)
        {
            _coldStarts.Add(1, tags);
            _initDuration.Record(initSeconds, tags);
        }
    }
}
