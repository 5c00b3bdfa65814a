using System.Diagnostics;
using System.Globalization;
using System.Net;
using ServerlessScale.Local;

namespace ServerlessScale.Tests.Integration.Instances;

/// <summary>Tests several instances behind the edge. Clients use one address and do not notice when an instance is lost.</summary>
public sealed class InstanceTests : IAsyncLifetime
{
    private LocalCloud _cloud = null!;
    private HttpClient _http = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _cloud = await LocalCloud.StartAsync(new() { Instances = 2 }, Ct);
        _http = _cloud.CreateClient(_cloud.Token());
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _cloud.DisposeAsync();
    }

    [Fact]
    public async Task Instances_are_added_and_removed_behind_one_address()
    {
        Assert.Equal(["instance-1", "instance-2"], _cloud.Instances.Select(instance => instance.Name));
        Assert.Equal(["instance-1", "instance-2"], await RespondingInstancesAsync());

        Assert.True(await _cloud.StopInstanceAsync("instance-1"));
        Assert.Equal(["instance-2"], await RespondingInstancesAsync());

        Assert.Equal("instance-1", await _cloud.StartInstanceAsync(Ct));
        Assert.Equal(["instance-1", "instance-2"], await RespondingInstancesAsync());

        // The edge is not notified of the loss. The next request cannot connect to the lost instance, so the edge sends it to the other
        // instance.
        Assert.True(await _cloud.KillInstanceAsync("instance-2"));
        Assert.Equal(["instance-1"], await RespondingInstancesAsync());

        Assert.False(await _cloud.KillInstanceAsync("instance-2"));
        Assert.False(await _cloud.StopInstanceAsync("instance-7"));
        Assert.Equal("instance-2", await _cloud.StartInstanceAsync(Ct));
        Assert.Equal(["instance-1", "instance-2"], await RespondingInstancesAsync());
    }

    // SIGSTOP leaves the worker's connections open, so that only its missing responses show the problem.
    [Fact]
    public async Task Reads_are_answered_while_a_worker_is_stopped()
    {
        await RespondingInstancesAsync();
        var worker = _cloud.Instances[0].WorkerProcessId!.Value;
        await SignalAsync(worker, "-STOP");

        var statuses = await Task.WhenAll(Enumerable.Range(0, 20).Select(async _ =>
        {
            using var response = await _http.GetAsync("api/orders?month=2026-01", Ct);
            return response.StatusCode;
        }));

        Assert.All(statuses, status => Assert.Equal(HttpStatusCode.OK, status));
        Assert.Equal(["instance-2"], await RespondingInstancesAsync());

        await SignalAsync(worker, "-CONT");
        await Eventually.TrueAsync(
            () => Task.FromResult(_cloud.Instances.All(instance => instance.Healthy)), "the instance returns when its worker runs again");
    }

    private static async Task SignalAsync(int process, string signal)
    {
        using var kill = Process.Start("kill", [signal, process.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync(Ct);
    }

    /// <summary>Sends twenty requests and returns the names of the instances that respond.</summary>
    private async Task<IEnumerable<string>> RespondingInstancesAsync()
    {
        var names = new HashSet<string>();
        for (var i = 0; i < 20; i++)
        {
            using var response = await _http.GetAsync("api/orders?month=2026-01", Ct);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            names.Add(string.Join('-', response.Headers.GetValues("X-Instance-Id").Single().Split('-')[..2]));
        }

        return names.Order();
    }
}
