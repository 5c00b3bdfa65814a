using Azure.Core;
using Azure.Storage.Blobs;
using Microsoft.Extensions.Time.Testing;
using ServerlessScale.Functions.ColdStarts;
using ServerlessScale.Tests.Unit.Http;

namespace ServerlessScale.Tests.Unit.ColdStarts;

public sealed class StartupTimelineTests
{
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UtcNow);
    private readonly StartupTimeline _timeline;

    public StartupTimelineTests() => _timeline = new StartupTimeline(_time);

    [Fact]
    public async Task Exactly_one_of_several_concurrent_invocations_is_cold()
    {
        var cold = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => Task.Run(
            _timeline.TryBeginFirstInvocation, TestContext.Current.CancellationToken)));

        Assert.Single(cold, isCold => isCold);
    }

    [Fact]
    public void Startup_phases_have_no_gaps()
    {
        ReachMilestones();

        var phases = _timeline.Phases(firstInvocationMs: 12.5);

        // The test process started before the timeline was created.
        Assert.True(phases[0] is { Name: "runtime", DurationMs: > 0 });
        Assert.Equal(
            [
                new("configuring", 50), new("containerBuilding", 7), new("hostBuilding", 200), new("streamOpening", 90), new("hostConnecting", 30),
                new("untilFirstInvocation", 4), new("firstInvocation", 12.5),
            ],
            phases.Skip(1));
        Assert.Equal((phases[0].DurationMs + 377) / 1000, _timeline.InitSeconds, tolerance: 1e-6);
    }

    [Fact]
    public void Only_the_first_report_of_a_milestone_counts()
    {
        ReachMilestones();
        var before = _timeline.Phases(1);

        ReachMilestones();

        Assert.Equal(before, _timeline.Phases(1));
    }

    [Fact]
    public void A_missed_milestone_does_not_cause_a_negative_duration()
    {
        _timeline.HostBuilt();
        _timeline.TryBeginFirstInvocation();

        Assert.All(_timeline.Phases(1), phase => Assert.True(phase.DurationMs >= 0, phase.Name));
    }

    [Fact]
    public void A_milestone_reached_out_of_order_gets_duration_zero()
    {
        _time.Advance(TimeSpan.FromMilliseconds(100));
        _timeline.FunctionsIndexed();
        _time.Advance(TimeSpan.FromMilliseconds(20));
        _timeline.StreamOpened();
        _time.Advance(TimeSpan.FromMilliseconds(3));
        _timeline.TryBeginFirstInvocation();

        var phases = _timeline.Phases(1).ToDictionary(phase => phase.Name, phase => phase.DurationMs);

        Assert.Equal((120, 0, 3), (phases["streamOpening"], phases["hostConnecting"], phases["untilFirstInvocation"]));
    }

    [Fact]
    public void The_first_response_is_timed_from_the_first_invocation()
    {
        ReachMilestones();
        _time.Advance(TimeSpan.FromMilliseconds(9));
        _timeline.ResponseStarted();
        _time.Advance(TimeSpan.FromMilliseconds(2));

        Assert.Equal(new("firstAnswer", 9), _timeline.Phases(11)[^1]);
    }

    [Fact]
    public void The_startup_counters_include_the_bytes_allocated_by_the_process()
    {
        var before = StartupTimeline.Counts();
        GC.KeepAlive(new byte[1_000_000]);

        var after = StartupTimeline.Counts();

        Assert.True(after.AllocatedBytes >= before.AllocatedBytes + 1_000_000);
        Assert.True(before is { MethodsJitted: > 0, Assemblies: > 10 });
    }

    [Fact]
    public async Task Only_the_first_call_to_an_Azure_service_is_timed()
    {
        await using var storage = await LocalHttpServer.StartAsync(http =>
        {
            _time.Advance(TimeSpan.FromMilliseconds(5));
            http.Response.StatusCode = 404;
            http.Response.Headers["x-ms-error-code"] = "ContainerNotFound";
            return Task.CompletedTask;
        });
        var options = new BlobClientOptions();
        options.AddPolicy(new FirstDependencyCallPolicy(_timeline), HttpPipelinePosition.PerCall);
        var uploads = new BlobServiceClient(new Uri(storage.Address, "account"), options).GetBlobContainerClient("uploads");
        Assert.DoesNotContain(_timeline.Phases(1), phase => phase.Name == "firstDependencyCall");

        await uploads.ExistsAsync(TestContext.Current.CancellationToken);
        var first = Assert.Single(_timeline.Phases(1), phase => phase.Name == "firstDependencyCall");
        await uploads.ExistsAsync(TestContext.Current.CancellationToken);

        Assert.Equal(5, first.DurationMs);
        Assert.Equal(first, _timeline.Phases(1)[^1]);
    }

    private void ReachMilestones()
    {
        _time.Advance(TimeSpan.FromMilliseconds(50));
        _timeline.Configured();
        _time.Advance(TimeSpan.FromMilliseconds(7));
        _timeline.ContainerBuilt();
        _time.Advance(TimeSpan.FromMilliseconds(200));
        _timeline.HostBuilt();
        _time.Advance(TimeSpan.FromMilliseconds(90));
        _timeline.StreamOpened();
        _time.Advance(TimeSpan.FromMilliseconds(30));
        _timeline.FunctionsIndexed();
        _time.Advance(TimeSpan.FromMilliseconds(4));
        _timeline.TryBeginFirstInvocation();
    }
}
