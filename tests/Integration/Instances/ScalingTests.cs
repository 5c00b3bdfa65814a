using System.Collections.Concurrent;
using Azure.Storage.Queues;
using ServerlessScale.Local;
using ServerlessScale.Local.Scaling;
using ServerlessScale.Tests.Integration.FunctionHost;

namespace ServerlessScale.Tests.Integration.Instances;

/// <summary>Given an app that scales from zero, when requests or messages come, then there are as many instances as they need.</summary>
public sealed class ScalingTests : IAsyncLifetime
{
    private readonly ConcurrentQueue<ScaleSample> _samples = new();
    private LocalCloud _cloud = null!;
    private HttpClient _http = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _cloud = await LocalCloud.StartAsync(
            new()
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
                // A timer that runs each second would keep an instance busy for ever.
                Settings = new Dictionary<string, string> { ["AzureWebJobs.EverySecond.Disabled"] = "true" },
            },
            Ct);
        _http = _cloud.CreateClient();
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _cloud.DisposeAsync();
    }

    [Fact]
    public async Task Requests_wait_for_the_instances_that_they_need_and_zero_comes_back()
    {
        Assert.Empty(_cloud.Instances);

        var answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => GetAsync("probe/slow")));

        Assert.All(answers, answer => Assert.Equal("done", answer));
        Assert.Equal(3, _samples.Max(sample => sample.Wanted));
        await Eventually.TrueAsync(() => Task.FromResult(_cloud.Instances.Count == 0), "the instances are stopped");
        Assert.Equal("done", await GetAsync("probe/slow"));
    }

    /// <summary>The body, whatever the status, so that a failure tells why.</summary>
    private async Task<string> GetAsync(string path)
    {
        using var response = await _http.GetAsync(path, Ct);
        return await response.Content.ReadAsStringAsync(Ct);
    }

    [Fact]
    public async Task Messages_start_an_instance_that_takes_them()
    {
        var messages = new QueueClient(_cloud.StorageConnectionString, "text-messages");
        var seen = new QueueClient(_cloud.StorageConnectionString, "seen");
        await messages.CreateIfNotExistsAsync(cancellationToken: Ct);
        await seen.CreateIfNotExistsAsync(cancellationToken: Ct);

        await messages.SendMessageAsync("wake up", Ct);

        await Eventually.TrueAsync(
            async () => (await seen.PeekMessagesAsync(32, Ct)).Value.Any(note => note.MessageText.Contains("wake up", StringComparison.Ordinal)),
            "the message is handled");
    }
}
