using System.Diagnostics.Metrics;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using ServerlessScale.Functions.ColdStarts;
using ServerlessScale.Shared.ColdStarts;
using ServerlessScale.Tests.Unit.Http;

namespace ServerlessScale.Tests.Unit.ColdStarts;

public sealed class InvocationMiddlewareTests : IDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly InvocationJournal _journal = new(() => throw new InvalidOperationException("These tests store nothing."), new("i1"));
    private readonly List<(string Name, double Value, string? Trigger, string? Function)> _measurements = [];
    private readonly MeterListener _listener = new();
    private readonly InvocationMiddleware _middleware;

    public InvocationMiddlewareTests()
    {
        var factory = _services.GetRequiredService<IMeterFactory>();
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (ReferenceEquals(instrument.Meter.Scope, factory))
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Measure(instrument, value, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Measure(instrument, value, tags));
        _listener.Start();
        var timeline = new StartupTimeline(TimeProvider.System);
        timeline.HostBuilt();
        timeline.FunctionsIndexed();
        _middleware = new InvocationMiddleware(
            timeline, _journal, new InvocationMetrics(factory), new MemoryGauge(TimeProvider.System), new InstanceId("i1"), TimeProvider.System);
    }

    public void Dispose()
    {
        _listener.Dispose();
        _journal.Dispose();
        _services.Dispose();
    }

    [Fact]
    public async Task Response_headers_report_the_instance_cold_start_and_timing()
    {
        await using var server = await ServeAsync(http => http.Response.WriteAsync("hello", http.RequestAborted));

        using var cold = await server.Client.GetAsync("/", TestContext.Current.CancellationToken);
        using var warm = await server.Client.GetAsync("/", TestContext.Current.CancellationToken);

        Assert.Equal("i1", Header(cold, "X-Instance-Id"));
        Assert.Equal("true", Header(cold, "X-Cold-Start"));
        Assert.Matches(
            @"^total;dur=[\d.]+, runtime;dur=[\d.]+, configuring;dur=[\d.]+, containerBuilding;dur=[\d.]+, hostBuilding;dur=[\d.]+, streamOpening;dur=[\d.]+, hostConnecting;dur=[\d.]+, untilFirstInvocation;dur=[\d.]+, firstInvocation;dur=[\d.]+, firstAnswer;dur=[\d.]+, methodsJitted;desc=""[1-9]\d*"", assemblies;desc=""[1-9]\d*"", allocatedBytes;desc=""[1-9]\d*""$",
            Header(cold, "Server-Timing"));
        Assert.Equal("false", Header(warm, "X-Cold-Start"));
        Assert.Matches(@"^total;dur=[\d.]+$", Header(warm, "Server-Timing"));
    }

    [Theory]
    [InlineData("public, max-age=31536000, immutable", false)]
    [InlineData("private, no-store", true)]
    public async Task A_response_for_shared_caches_has_no_headers_of_the_invocation(string cacheControl, bool hasHeaders)
    {
        await using var server = await ServeAsync(http =>
        {
            http.Response.Headers.CacheControl = cacheControl;
            return http.Response.WriteAsync("hello", http.RequestAborted);
        });

        using var response = await server.Client.GetAsync("/", TestContext.Current.CancellationToken);

        Assert.All(
            (string[])["X-Instance-Id", "X-Cold-Start", "Server-Timing"],
            name => Assert.Equal(hasHeaders, response.Headers.Contains(name)));
    }

    [Fact]
    public async Task Only_the_first_invocation_counts_as_a_cold_start()
    {
        await InvokeAsync("queueTrigger");
        await InvokeAsync("queueTrigger");

        Assert.Equal(2, _measurements.Count(m => m is { Name: "faas.invocations", Value: 1, Trigger: "pubsub", Function: "Resize" }));
        Assert.Single(_measurements, m => m is { Name: "faas.coldstarts", Value: 1 });
        Assert.Single(_measurements, m => m is { Name: "faas.init_duration", Value: > 0 });
        // An empty invocation can end within one tick of the clock, so its duration can be zero.
        Assert.Equal(2, _measurements.Count(m => m is { Name: "faas.invoke_duration", Value: >= 0 }));
        Assert.Equal(2, _measurements.Count(m => m is { Name: "faas.mem_usage", Value: > 1_000_000 }));
        Assert.DoesNotContain(_measurements, m => m.Name == "faas.errors");
    }

    [Fact]
    public async Task An_exception_counts_as_an_error_and_is_rethrown()
    {
        var context = new TestFunctionContext("timerTrigger");

        await Assert.ThrowsAsync<TimeoutException>(() => _middleware.Invoke(context, _ => throw new TimeoutException()));

        Assert.Single(_measurements, m => m is { Name: "faas.errors", Value: 1, Trigger: "timer" });
        Assert.Single(_measurements, m => m is { Name: "faas.invocations", Value: 1 });
    }

    [Theory]
    [InlineData(200, 0)]
    [InlineData(404, 0)]
    [InlineData(500, 1)]
    [InlineData(503, 1)]
    public async Task A_status_of_500_or_above_counts_as_an_error(int status, int errors)
    {
        await using var server = await ServeAsync(http =>
        {
            http.Response.StatusCode = status;
            return Task.CompletedTask;
        });

        using var response = await server.Client.GetAsync("/", TestContext.Current.CancellationToken);

        Assert.Equal(errors, _measurements.Count(m => m.Name == "faas.errors"));
        Assert.Single(_measurements, m => m is { Name: "faas.invocations", Trigger: "http" });
    }

    [Theory]
    [InlineData("httpTrigger", "http")]
    [InlineData("blobTrigger", "datasource")]
    [InlineData("signalRTrigger", "other")]
    public async Task Trigger_names_follow_the_OpenTelemetry_conventions(string binding, string trigger)
    {
        await InvokeAsync(binding);

        Assert.Equal(trigger, Assert.Single(_measurements, m => m.Name == "faas.invocations").Trigger);
    }

    private Task InvokeAsync(string trigger) => _middleware.Invoke(new TestFunctionContext(trigger), _ => Task.CompletedTask);

    // The responses have no body, so the server sends them after the middleware has recorded its measurements.
    private Task<LocalHttpServer> ServeAsync(RequestDelegate function) => LocalHttpServer.StartAsync(async http =>
        await _middleware.Invoke(new TestFunctionContext("httpTrigger", http), _ => function(http)));

    private static string Header(HttpResponseMessage response, string name) => Assert.Single(response.Headers.GetValues(name));

    private void Measure(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        string? trigger = null;
        string? function = null;
        foreach (var tag in tags)
        {
            _ = tag.Key switch
            {
                "faas.trigger" => trigger = (string?)tag.Value,
                "faas.name" => function = (string?)tag.Value,
                _ => throw new InvalidOperationException($"The tag {tag.Key} is unexpected."),
            };
        }

        lock (_measurements)
        {
            _measurements.Add((instrument.Name, value, trigger, function));
        }
    }
}
