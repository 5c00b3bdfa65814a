using System.Text.Json;
using Azure.Data.Tables;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using ServerlessScale.Shared.Idempotency;
using ServerlessScale.Shared.Messaging;
using ServerlessScale.Shared.Webhooks;
using ServerlessScale.Shared.Webhooks.Deliveries;
using ServerlessScale.Shared.Webhooks.Delivering;
using ServerlessScale.Shared.Webhooks.Endpoints;
using ServerlessScale.Shared.Webhooks.Events;
using ServerlessScale.Shared.Webhooks.FanOut;
using ServerlessScale.Shared.Webhooks.Ordering;
using ServerlessScale.Shared.Webhooks.Sending;
using ServerlessScale.Shared.Webhooks.Sending.Signing;
using ServerlessScale.Shared.Webhooks.Sending.Urls;

namespace ServerlessScale.Tests.Integration.Webhooks;

/// <summary>Runs the webhook capability without a worker process. Each object of this class uses a new customer.</summary>
internal sealed class WebhookFlows : IDisposable
{
    private readonly Azurite _azurite;
    private readonly WebhookKeySet _keySet = new([]);
    private readonly WebhookSender _sender;
    private readonly EndpointManagement _management;

    /// <param name="tables">The table client for the endpoint store. If null, the client of <paramref name="azurite"/> is used.</param>
    public WebhookFlows(
        Azurite azurite, FakeTimeProvider? time = null, WebhookOptions? options = null, TableServiceClient? tables = null)
    {
        _azurite = azurite;
        Time = time ?? new FakeTimeProvider(DateTimeOffset.UtcNow);
        options ??= new WebhookOptions();
        options.EncryptionKey = Convert.ToBase64String(new byte[32]);
        var webhooks = Options.Create(options);
        var urls = Options.Create(new WebhookUrlOptions { AllowPrivateNetworks = true });
        var limits = Options.Create(new WebhookSenderOptions());
        _sender = new WebhookSender(System.Net.Dns.GetHostAddressesAsync, limits, urls, TimeProvider.System);

        Endpoints = new EndpointStore(tables ?? azurite.Tables);
        Deliveries = new DeliveryStore(azurite.Tables);
        Ordering = new OrderingQueues(azurite.Tables);
        var queue = new DeliveryQueue(azurite.Queues);
        var events = new EventQueue(azurite.Queues);
        var keys = new EndpointKeys(new SecretVault(webhooks), _keySet, Time);
        var breaker = new CircuitBreaker(Endpoints, webhooks, limits, Time);
        var disabling = new EndpointDisabling(Endpoints, events, Time, NullLogger<EndpointDisabling>.Instance);
        var opening = new DeliveryOpening(Deliveries, queue, Ordering, Time);
        var outcomes = new DeliveryOutcomes(Deliveries, Ordering, disabling, queue, Time, NullLogger<DeliveryOutcomes>.Instance);
        // The receiver is a real server, so the real clock determines when a slow attempt continues in the background.
        var attempts = new DeliveryAttempts(_sender, keys, outcomes, queue, webhooks, limits, TimeProvider.System, NullLogger<DeliveryAttempts>.Instance);
        Disabling = disabling;
        _management = new EndpointManagement(
            Endpoints, keys, new WebhookUrlPolicy(System.Net.Dns.GetHostAddressesAsync, urls, TimeProvider.System), webhooks, Time);
        Events = new EventStore(azurite.Tables);
        FanOut = new WebhookFanOut(Events, Endpoints, opening);
        Dispatch = new DeliveryDispatch(
            Deliveries, Endpoints, Ordering, new AttemptPermits(breaker, webhooks), attempts, outcomes, disabling, queue, Time,
            NullLogger<DeliveryDispatch>.Instance);
        Queries = new DeliveryQueries(_management, Deliveries);
        Replay = new DeliveryReplay(_management, Queries, Deliveries, queue, new RecoveryQueue(azurite.Queues), Time);
        Retention = new WebhookRetention(Endpoints, Deliveries, Ordering, Time);
        EventRetention = new EventRetention(Events, webhooks, Time);
        EventQueries = new EventQueries(Events, new EventCursors(webhooks), Endpoints, Deliveries);
    }

    public string Customer { get; } = "customer-" + Guid.NewGuid().ToString("N");

    public FakeTimeProvider Time { get; }

    public EndpointStore Endpoints { get; }

    public DeliveryStore Deliveries { get; }

    public OrderingQueues Ordering { get; }

    public EventStore Events { get; }

    public EventQueries EventQueries { get; }

    public EventRetention EventRetention { get; }

    public WebhookFanOut FanOut { get; }

    public DeliveryDispatch Dispatch { get; }

    public DeliveryQueries Queries { get; }

    public DeliveryReplay Replay { get; }

    public EndpointDisabling Disabling { get; }

    public WebhookRetention Retention { get; }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _sender.Dispose();
        _keySet.Dispose();
    }

    public async Task<EndpointId> SubscribeAsync(Uri url, bool ordered = false)
    {
        var created = await _management.CreateAsync(
            Customer, new EndpointRequest { Url = url.OriginalString, Ordered = ordered }, Operation.Unrecorded(Time), Ct);
        return created.Value!.Stored.Id;
    }

    public async Task DeleteAsync(EndpointId endpoint) => Assert.Null(await _management.DeleteAsync(Customer, endpoint.Value, Ct));

    public async Task<StoredEndpoint> EndpointAsync(EndpointId id) => (await Endpoints.FindAsync(Customer, id, Ct))!;

    public async Task<Delivery> DeliveryAsync(DeliveryId id) => (await Deliveries.FindAsync(id, Ct))!.Delivery;

    public EventEnvelope Event(string id, EventPosition? position = null, string? text = null) => new()
    {
        Id = id,
        CustomerId = Customer,
        Type = "order.created",
        Timestamp = Time.GetUtcNow(),
        Data = JsonSerializer.SerializeToElement(new { id, text }),
        Position = position,
    };

    /// <summary>Fans the event out and returns the id of the delivery to the endpoint.</summary>
    public async Task<DeliveryId> FanOutAsync(EndpointId endpoint, EventEnvelope envelope)
    {
        await FanOut.HandleAsync(envelope, Ct);
        return DeliveryId.Of(endpoint, envelope.Id, envelope.Timestamp);
    }

    /// <summary>Handles a delivery message as the queue function does.</summary>
    public Task RunAsync(DeliveryId id, int round = 1, int attempt = 1) =>
        Dispatch.RunAsync(new DeliveryMessage(Customer, id.Value, round, attempt, Deferrals: 0), id, Ct);

    /// <summary>Returns the approximate number of messages in a queue, including hidden messages.</summary>
    public async Task<int> MessagesAsync(string queue) => (await _azurite.Queues.GetQueueClient(queue).GetPropertiesAsync(Ct)).Value.ApproximateMessagesCount;

    /// <summary>
    /// Receives and deletes this customer's messages, and returns them. Messages of other customers become invisible for 30 s.
    /// </summary>
    public async Task<IReadOnlyList<string>> TakeAsync(string queue)
    {
        var client = _azurite.Queues.GetQueueClient(queue);
        await client.CreateIfNotExistsAsync(cancellationToken: Ct);
        var taken = new List<string>();
        while ((await client.ReceiveMessagesAsync(32, TimeSpan.FromSeconds(30), Ct)).Value is { Length: > 0 } messages)
        {
            foreach (var message in messages.Where(message => message.MessageText.Contains(Customer, StringComparison.Ordinal)))
            {
                taken.Add(message.MessageText);
                await client.DeleteMessageAsync(message.MessageId, message.PopReceipt, Ct);
            }
        }

        return taken;
    }
}
