using System.Collections.Concurrent;
using Azure.Storage.Queues;
using ServerlessScale.Local;
using ServerlessScale.Local.Build;
using ServerlessScale.Local.Scaling;
using ServerlessScale.Tests.Integration.FunctionHost;

namespace ServerlessScale.Tests.Integration.Instances;

/// <summary>Tests an app that starts with no instances and scales with its requests and messages.</summary>
public sealed class ScalingTests : IAsyncLifetime
{
    private readonly ConcurrentQueue<ScaleSample> _samples = new();
    private LocalCloud _cloud = null!;
    private HttpClient _http = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _cloud = await LocalCloud.StartAsync(Options(), Ct);
        _http = _cloud.CreateClient();
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _cloud.DisposeAsync();
    }

    [Fact]
    public async Task Requests_start_instances_and_idle_instances_stop()
    {
        Assert.Empty(_cloud.Instances);

        var bodies = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => GetAsync("probe/slow")));

        Assert.All(bodies, body => Assert.Equal("done", body));
        Assert.Equal(3, _samples.Max(sample => sample.Wanted));
        await Eventually.TrueAsync(() => Task.FromResult(_cloud.Instances.Count == 0), "the instances are stopped");
        Assert.Equal("done", await GetAsync("probe/slow"));
    }

    // Each probe takes one second here, and the next probe follows within a second.
    [Fact]
    public async Task Probes_of_the_edge_do_not_prevent_scaling_to_zero()
    {
        var folder = Directory.CreateTempSubdirectory("scaling-");
        try
        {
            var rules = Path.Combine(folder.FullName, "edge-rules.json");
            var text = await File.ReadAllTextAsync(Path.Combine(Repository.FindRoot(), "infra", "edge-rules.json"), Ct);
            var slow = text
                .Replace("\"path\": \"/api/health/ready\", \"intervalInSeconds\": 5", "\"path\": \"/probe/slow\", \"intervalInSeconds\": 1", StringComparison.Ordinal)
                .Replace("\"method\": \"HEAD\"", "\"method\": \"GET\"", StringComparison.Ordinal);
            Assert.Contains("/probe/slow", slow, StringComparison.Ordinal);
            await File.WriteAllTextAsync(rules, slow, Ct);
            await using var cloud = await LocalCloud.StartAsync(Options() with { EdgeRulesPath = rules }, Ct);
            using var http = cloud.CreateClient();

            Assert.Equal("done", await http.GetStringAsync("probe/slow", Ct));

            await Eventually.TrueAsync(() => Task.FromResult(cloud.Instances.Count == 0), "the idle instance is stopped");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private LocalCloudOptions Options() => new()
    {
        AppDirectory = ProbeHost.AppDirectory,
        Scale = new(0, 3),
        ScaleTargets = new()
        {
            MessagesPerInstance = 10,
            RequestsPerInstance = 4,
            Interval = TimeSpan.FromMilliseconds(200),
            ScaleInAfter = TimeSpan.FromSeconds(1),
            ToZeroAfter = TimeSpan.FromSeconds(2),
        },
        OnScaleSample = _samples.Enqueue,
        // This timer fires every second and would keep an instance busy forever.
        Settings = new Dictionary<string, string> { ["AzureWebJobs.EverySecond.Disabled"] = "true" },
    };

    /// <summary>Returns the body of a response regardless of its status, so that a failed assertion shows the problem.</summary>
    private async Task<string> GetAsync(string path)
    {
        using var response = await _http.GetAsync(path, Ct);
        return await response.Content.ReadAsStringAsync(Ct);
    }

    [Fact]
    public async Task A_queue_message_starts_an_instance()
    {
        var messages = new QueueClient(_cloud.StorageConnectionString, "text-messages");
        var seen = new QueueClient(_cloud.StorageConnectionString, "seen");
        await messages.CreateIfNotExistsAsync(cancellationToken: Ct);
        await seen.CreateIfNotExistsAsync(cancellationToken: Ct);

        await messages.SendMessageAsync("wake up", Ct);

        await Eventually.TrueAsync(
            async () => (await seen.PeekMessagesAsync(32, Ct)).Value.Any(note => note.MessageText.Contains("wake up", StringComparison.Ordinal)),
            "the message is processed");
    }
}
