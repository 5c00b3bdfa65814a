using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using Azure.Storage.Queues;
using ServerlessScale.Local;
using ServerlessScale.Shared.Messaging;

namespace ServerlessScale.Bench.Webhooks.Delivery;

/// <summary>A local cloud with one customer's endpoints, into whose event queue the bench puts events.</summary>
internal sealed class BenchCloud : IAsyncDisposable
{
    private const string Customer = "c1";

    private readonly LocalCloud _cloud;
    private readonly EventQueue _events;

    private BenchCloud(LocalCloud cloud) => (_cloud, _events) = (cloud, new EventQueue(new QueueServiceClient(cloud.StorageConnectionString)));

    /// <summary>When each event was queued, by its id.</summary>
    public ConcurrentDictionary<string, DateTimeOffset> QueuedAt { get; } = new();

    /// <param name="pollingMilliseconds">Instead of host.json's <c>maxPollingInterval</c>; null leaves that.</param>
    public static async Task<BenchCloud> StartAsync(
        string appDirectory, int? pollingMilliseconds, IEnumerable<TimedReceiver> receivers, CancellationToken cancellationToken)
    {
        var settings = new Dictionary<string, string>();
        if (pollingMilliseconds is { } interval)
        {
            settings["AzureFunctionsJobHost__extensions__queues__maxPollingInterval"] =
                TimeSpan.FromMilliseconds(interval).ToString("c", CultureInfo.InvariantCulture);
        }

        var bench = new BenchCloud(await LocalCloud.StartAsync(
            new LocalCloudOptions { AppDirectory = appDirectory, AllowPrivateWebhooks = true, Settings = settings, Progress = Console.Error.WriteLine },
            cancellationToken));
        using var client = bench._cloud.CreateClient(bench._cloud.Token(Customer));
        foreach (var receiver in receivers)
        {
            using var answer = await client.PostAsJsonAsync("api/webhooks/endpoints", new { url = receiver.Url }, cancellationToken);
            answer.EnsureSuccessStatusCode();
        }

        return bench;
    }

    public async Task SendAsync(string id, CancellationToken cancellationToken)
    {
        QueuedAt[id] = DateTimeOffset.UtcNow;
        await _events.SendAsync(
            new EventEnvelope
            {
                Id = id,
                CustomerId = Customer,
                Type = "order.created",
                Timestamp = DateTimeOffset.UtcNow,
                Data = JsonSerializer.SerializeToElement(new { id, status = "placed", total = 2500 }),
            },
            cancellationToken);
    }

    /// <summary>Waits until the receivers have had all events whose id has this prefix.</summary>
    public async Task DeliveredAsync(IReadOnlyList<TimedReceiver> receivers, string prefix, CancellationToken cancellationToken)
    {
        var ids = QueuedAt.Keys.Where(id => id.StartsWith(prefix, StringComparison.Ordinal)).ToArray();
        while (receivers.Any(receiver => ids.Any(id => !receiver.Arrivals.ContainsKey(id))))
        {
            await Task.Delay(20, cancellationToken);
        }
    }

    /// <summary>From queue to arrival, in milliseconds, ascending.</summary>
    public double[] Delays(IEnumerable<TimedReceiver> receivers, string prefix) =>
    [
        .. receivers
            .SelectMany(receiver => receiver.Arrivals)
            .Where(arrival => arrival.Key.StartsWith(prefix, StringComparison.Ordinal))
            .Select(arrival => (arrival.Value - QueuedAt[arrival.Key]).TotalMilliseconds)
            .Order(),
    ];

    public ValueTask DisposeAsync() => _cloud.DisposeAsync();
}
