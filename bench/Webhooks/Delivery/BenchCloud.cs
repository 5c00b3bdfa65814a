using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Azure.Storage.Queues;
using ServerlessScale.Local;
using ServerlessScale.Measurement;
using ServerlessScale.Shared.Messaging;

namespace ServerlessScale.Bench.Webhooks.Delivery;

/// <summary>
/// A local cloud with the webhook endpoints of one customer. The benchmark sends events directly to the cloud's event queue.
/// </summary>
internal sealed class BenchCloud : IAsyncDisposable
{
    private const string Customer = "c1";

    private static readonly TimeSpan DeliveryLimit = TimeSpan.FromMinutes(5);

    private readonly LocalCloud _cloud;
    private readonly EventQueue _events;

    private BenchCloud(LocalCloud cloud) => (_cloud, _events) = (cloud, new EventQueue(new QueueServiceClient(cloud.StorageConnectionString)));

    /// <summary>Maps each event's id to the time at which the event was queued.</summary>
    public ConcurrentDictionary<string, DateTimeOffset> QueuedAt { get; } = new();

    /// <param name="pollingMilliseconds">The value for <c>maxPollingInterval</c>, or null for LocalCloud's value.</param>
    public static async Task<BenchCloud> StartAsync(
        string appDirectory, int? pollingMilliseconds, IEnumerable<TimedReceiver> receivers, FailedRequests failed, CancellationToken cancellationToken)
    {
        var settings = new Dictionary<string, string>();
        if (pollingMilliseconds is { } interval)
        {
            settings["AzureFunctionsJobHost__extensions__queues__maxPollingInterval"] =
                TimeSpan.FromMilliseconds(interval).ToString("c", CultureInfo.InvariantCulture);
        }

        var bench = new BenchCloud(await LocalCloud.StartAsync(
            new LocalCloudOptions { AppDirectory = appDirectory, AllowPrivateWebhooks = true, Settings = settings }, cancellationToken));
        try
        {
            using var client = bench._cloud.CreateClient(bench._cloud.Token(Customer));
            foreach (var receiver in receivers)
            {
                using var created = await failed.SendUntilExpectedAsync(
                    client,
                    "POST api/webhooks/endpoints",
                    () => new(HttpMethod.Post, "api/webhooks/endpoints") { Content = JsonContent.Create(new { url = receiver.Url }) },
                    cancellationToken,
                    HttpStatusCode.Created);
            }

            return bench;
        }
        catch
        {
            await bench.DisposeAsync();
            throw;
        }
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

    /// <summary>Waits until every receiver has received every event whose id starts with the prefix.</summary>
    /// <exception cref="CommandException">A delivery did not arrive within five minutes.</exception>
    public async Task DeliveredAsync(IReadOnlyList<TimedReceiver> receivers, string prefix, CancellationToken cancellationToken)
    {
        var ids = QueuedAt.Keys.Where(id => id.StartsWith(prefix, StringComparison.Ordinal)).ToArray();
        var limit = DateTimeOffset.UtcNow + DeliveryLimit;
        while (receivers.Sum(receiver => ids.Count(id => !receiver.Arrivals.ContainsKey(id))) is > 0 and var missing)
        {
            if (DateTimeOffset.UtcNow > limit)
            {
                throw new CommandException($"{missing} of {ids.Length * receivers.Count} deliveries did not arrive within {DeliveryLimit.TotalMinutes:0} minutes.");
            }

            await Task.Delay(20, cancellationToken);
        }
    }

    /// <returns>
    /// The times from queueing to arrival, in milliseconds. The result includes all deliveries whose event ids start with the prefix.
    /// </returns>
    public double[] Delays(IEnumerable<TimedReceiver> receivers, string prefix) =>
    [
        .. receivers
            .SelectMany(receiver => receiver.Arrivals)
            .Where(arrival => arrival.Key.StartsWith(prefix, StringComparison.Ordinal))
            .Select(arrival => (arrival.Value - QueuedAt[arrival.Key]).TotalMilliseconds),
    ];

    public ValueTask DisposeAsync() => _cloud.DisposeAsync();
}
