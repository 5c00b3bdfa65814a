using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using ServerlessScale.Functions.ColdStarts;
using ServerlessScale.Shared.ColdStarts;

namespace ServerlessScale.Bench.RecordingCost;

/// <summary>
/// The middleware around an HTTP function that does nothing: headers, memory, metrics (with a listener, as an exporter is one), the
/// journal and its totals. Storing them is one request to storage every two seconds, however many invocations there were.
/// </summary>
internal sealed class RecordedInvocation : IDisposable
{
    private const int Batches = 101;

    /// <summary>The journal's background task looks five times a second, so that its totals take up some hundred at a time.</summary>
    private const int Batch = 1_000;

    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly InvocationJournal _journal = new(() => throw new InvalidOperationException("Nothing is stored here."), new("bench"));
    private readonly MeterListener _listener = new();
    private readonly InvocationMiddleware _middleware;

    public RecordedInvocation()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == InvocationMetrics.MeterName)
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((_, _, _, _) => { });
        _listener.SetMeasurementEventCallback<double>((_, _, _, _) => { });
        _listener.Start();
        _middleware = new(
            new StartupTimeline(TimeProvider.System), _journal, new(_services.GetRequiredService<IMeterFactory>()), new(TimeProvider.System), new("bench"), TimeProvider.System);
    }

    /// <returns>What recording adds to one invocation: the time and the memory with it, less those of the same work without it.</returns>
    public async Task<(double Microseconds, double Bytes)> MicrosecondsAsync()
    {
        var with = await MeasureAsync(async context => await _middleware.Invoke(context, AnswerAsync));
        var without = await MeasureAsync(AnswerAsync);
        return (with.Microseconds - without.Microseconds, with.Bytes - without.Bytes);
    }

    public void Dispose()
    {
        _listener.Dispose();
        _journal.Dispose();
        _services.Dispose();
    }

    private static Task AnswerAsync(Microsoft.Azure.Functions.Worker.FunctionContext context) =>
        ((StartableResponse)((HttpContext)context.Items["HttpRequestContext"]).Features.GetRequiredFeature<IHttpResponseFeature>()).StartAsync();

    /// <summary>The median of batches: what else the machine does hits some of them, not half.</summary>
    private async Task<(double Microseconds, double Bytes)> MeasureAsync(Func<HttpFunctionContext, Task> invoke)
    {
        var times = new double[Batches];
        var allocated = GC.GetTotalAllocatedBytes(precise: true);
        for (var batch = 0; batch < Batches; batch++)
        {
            var begun = Stopwatch.GetTimestamp();
            for (var i = 0; i < Batch; i++)
            {
                await invoke(new HttpFunctionContext());
            }

            _journal.Collect();
            times[batch] = Stopwatch.GetElapsedTime(begun).TotalMicroseconds / Batch;
        }

        var bytes = (GC.GetTotalAllocatedBytes(precise: true) - allocated) / (double)(Batches * Batch);
        Array.Sort(times);
        return (times[Batches / 2], bytes);
    }
}
