using System.Net.Http.Json;
using System.Text.Json;
using Azure.Storage.Queues;
using ServerlessScale.Local;
using ServerlessScale.Shared.Messaging;
using ServerlessScale.Shared.Orders.Writing;
using ServerlessScale.Tests.Integration.Catalogue;

namespace ServerlessScale.Tests.Integration.Orders;

/// <summary>
/// The complete system with the real worker process. Events are not dispatched, so that tests can read them from the queue.
/// </summary>
public abstract class OrderCloud(LocalCloudOptions options) : IAsyncLifetime
{
    private LocalCloud _cloud = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _cloud = await LocalCloud.StartAsync(
            options with { Settings = new Dictionary<string, string> { ["AzureWebJobs.DispatchEvent.Disabled"] = "true" } }, Ct);
        await KnownProducts.AddAsync(_cloud, Ct);
    }

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return _cloud.DisposeAsync();
    }

    /// <summary>Creates a client with a token for a new customer.</summary>
    public HttpClient NewCustomer() => ClientOf("customer-" + Guid.NewGuid().ToString("N"), "orders.read", "orders.write");

    public HttpClient ClientOf(string customer, params string[] scopes) => _cloud.CreateClient(_cloud.Token(customer, scopes));

    public HttpClient Anyone() => _cloud.CreateClient();

    /// <summary>Returns the id, type and status of each queued event for the order. The events remain in the queue.</summary>
    public async Task<string[]> EventsOfAsync(string orderId)
    {
        var queue = new QueueClient(_cloud.StorageConnectionString, EventQueue.Name);
        var seen = new List<string>();
        // Messages are received instead of peeked, because a peek returns at most 32 messages. A received message becomes visible again
        // after two seconds.
        while ((await queue.ReceiveMessagesAsync(32, TimeSpan.FromSeconds(2), Ct)).Value is { Length: > 0 } messages)
        {
            seen.AddRange(messages
                .Select(message => EventEnvelope.TryParse(message.MessageText, out var envelope) ? envelope : throw new FormatException(message.MessageText))
                .Where(envelope => envelope.Data.GetProperty("id").GetString() == orderId)
                .Select(envelope => $"{envelope.Id} {envelope.Type} {envelope.Data.GetProperty("status").GetString()}"));
        }

        return [.. seen.Distinct()];
    }

    public async Task<int> IntentsAsync()
    {
        var queue = new QueueClient(_cloud.StorageConnectionString, OrderIntentQueue.Name);
        return (await queue.GetPropertiesAsync(Ct)).Value.ApproximateMessagesCount;
    }

    public static async Task<JsonElement> BodyOf(HttpResponseMessage response) => await response.Content.ReadFromJsonAsync<JsonElement>(Ct);
}

public sealed class OrderCloudOnTables() : OrderCloud(new LocalCloudOptions());

public sealed class OrderCloudOnCosmos() : OrderCloud(new LocalCloudOptions { Orders = LocalOrderBackend.Cosmos });
