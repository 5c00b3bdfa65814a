using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using ServerlessScale.Functions.ColdStarts;
using ServerlessScale.Measurement.Statistics;
using ServerlessScale.Shared.ColdStarts;

namespace ServerlessScale.Bench.RecordingCost;

/// <summary>
/// Measures the recording middleware with an HTTP function that does nothing. The measurement covers the headers, the memory figures, the
/// metrics (with a listener, as in an app with an exporter), and the journal with its totals. It excludes writing the totals to storage,
/// because the app needs only one request every two seconds for this, regardless of the number of invocations.
/// </summary>
internal sealed class RecordedInvocation : IDisposable
{
    private const int Batches = 101;

    /// <summary>
    /// The number of invocations after which the benchmark collects the journal. In the app, a background task collects it five times per
    /// second.
    /// </summary>
    private const int Batch = 1_000;

    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly InvocationJournal _journal = new(() => throw new InvalidOperationException("The benchmark does not write to storage."), new("bench"));
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

    /// <returns>
    /// The time and the allocated memory that recording adds to one invocation. Each value is the difference between invocations with and
    /// without recording.
    /// </returns>
    public async Task<(double Microseconds, double Bytes)> MeasureAsync()
    {
        var with = await MeasureBatchesAsync(async context => await _middleware.Invoke(context, RespondAsync));
        var without = await MeasureBatchesAsync(RespondAsync);
        return (with.Microseconds - without.Microseconds, with.Bytes - without.Bytes);
    }

    public void Dispose()
    {
        _listener.Dispose();
        _journal.Dispose();
        _services.Dispose();
    }

    private static Task RespondAsync(Microsoft.Azure.Functions.Worker.FunctionContext context) =>
        ((StartableResponse)((HttpContext)context.Items["HttpRequestContext"]).Features.GetRequiredFeature<IHttpResponseFeature>()).StartAsync();

    /// <returns>
    /// The time per invocation (the median over all batches) and the number of bytes allocated per invocation (the mean). Other load on the
    /// machine hardly changes the median unless it affects at least half of the batches.
    /// </returns>
    private async Task<(double Microseconds, double Bytes)> MeasureBatchesAsync(Func<HttpFunctionContext, Task> invoke)
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
        return (Percentile.Median(times), bytes);
    }
}
