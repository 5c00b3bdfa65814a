using System.Text.Json;
using Azure.Data.Tables;
using Azure.Storage.Blobs;
using Azure.Storage.Queues;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using ServerlessScale.Local;
using ServerlessScale.Local.Storage;
using ServerlessScale.Tests.Reliability.Orders;

namespace ServerlessScale.Tests.Reliability.Idempotency;

/// <summary>
/// The complete system with a trap between the worker and its storage. The functions that process jobs and deliveries are disabled, so that
/// only the tested operations access their rows and blobs, and the tests can read the queues.
/// </summary>
public sealed class OperationCrashCloud : IAsyncLifetime
{
    private readonly string _data = Directory.CreateTempSubdirectory("operation-crashes-").FullName;
    private readonly List<IAsyncDisposable> _started = [];
    private string _storage = "";
    private LocalCloud _cloud = null!;

    internal StorageTrap Trap { get; } = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        var azurite = await AzuriteProcess.StartAsync(new AzuriteOptions { DataDirectory = Path.Combine(_data, "azurite") }, Ct);
        _started.Add(azurite);
        _storage = azurite.ConnectionString;
        var trapped = _storage;
        foreach (var (name, address) in new[] { ("Blob", azurite.BlobUri), ("Queue", azurite.QueueUri), ("Table", azurite.TableUri) })
        {
            var proxy = await TrappingProxy.StartAsync(address, Trap, Ct);
            _started.Add(proxy);
            trapped = trapped.Replace($"{name}Endpoint={address};", $"{name}Endpoint={proxy.Address};", StringComparison.Ordinal);
        }

        _cloud = await LocalCloud.StartAsync(
            new LocalCloudOptions
            {
                DataDirectory = _data,
                StorageConnectionString = _storage,
                Settings = new Dictionary<string, string>
                {
                    ["AzureWebJobs.ResizeImage.Disabled"] = "true",
                    ["AzureWebJobs.SendWebhook.Disabled"] = "true",
                    ["Idempotency__Lease"] = "00:00:01",
                },
                WorkerSettings = new Dictionary<string, string> { ["AzureWebJobsStorage"] = trapped },
            },
            Ct);
    }

    public async ValueTask DisposeAsync()
    {
        await _cloud.DisposeAsync();
        for (var i = _started.Count - 1; i >= 0; i--)
        {
            await _started[i].DisposeAsync();
        }

        Directory.Delete(_data, recursive: true);
    }

    /// <summary>Creates a client for a new customer.</summary>
    public HttpClient NewClient()
    {
        var customer = "customer-" + Guid.NewGuid().ToString("N");
        var client = _cloud.CreateClient(_cloud.Token(customer));
        client.DefaultRequestHeaders.Add("X-Customer", customer);
        return client;
    }

    /// <summary>Kills the worker (SIGKILL) and closes the connection of the trapped request without a response.</summary>
    internal void Kill(HttpContext context)
    {
        _cloud.KillWorker();
        context.Abort();
    }

    /// <summary>Returns the stored JSON of an endpoint.</summary>
    public async Task<string> StoredEndpointAsync(string id)
    {
        var rows = new TableServiceClient(_storage).GetTableClient("WebhookEndpoints").QueryAsync<TableEntity>(row => row.RowKey == id, cancellationToken: Ct);
        await foreach (var row in rows)
        {
            return row.GetString("Endpoint");
        }

        throw new InvalidOperationException($"{id} has no row.");
    }

    /// <summary>Returns the ids of the images that belong to a customer.</summary>
    public async Task<IReadOnlyList<string>> ImagesOfAsync(string customer)
    {
        var manifests = new BlobServiceClient(_storage).GetBlobContainerClient("manifests");
        var ids = new List<string>();
        await foreach (var blob in manifests.GetBlobsAsync(cancellationToken: Ct))
        {
            var manifest = (await manifests.GetBlobClient(blob.Name).DownloadContentAsync(Ct)).Value.Content.ToObjectFromJson<JsonElement>();
            if (manifest.GetProperty("owner").GetString() == customer)
            {
                ids.Add(manifest.GetProperty("id").GetString()!);
            }
        }

        return ids;
    }

    public async Task<bool> HasJobAsync(string image) =>
        (await MessagesAsync("image-jobs")).Any(message => message.Contains(image, StringComparison.Ordinal));

    public async Task<IReadOnlyList<int>> QueuedRoundsAsync(string delivery) =>
    [
        .. (await MessagesAsync("webhook-deliveries")).Select(message => JsonSerializer.Deserialize<JsonElement>(message))
            .Where(message => message.GetProperty("deliveryId").GetString() == delivery)
            .Select(message => message.GetProperty("round").GetInt32()),
    ];

    private async Task<IReadOnlyList<string>> MessagesAsync(string name)
    {
        var queue = new QueueClient(_storage, name);
        var messages = new List<string>();
        while (await queue.ExistsAsync(Ct) && (await queue.ReceiveMessagesAsync(32, cancellationToken: Ct)).Value is { Length: > 0 } received)
        {
            foreach (var message in received)
            {
                messages.Add(message.MessageText);
                await queue.DeleteMessageAsync(message.MessageId, message.PopReceipt, Ct);
            }
        }

        return messages;
    }
}

/// <summary>A trap for the requests that the tested operations send to storage.</summary>
internal sealed class StorageTrap : RequestTrap
{
    private static readonly string[] Places =
        ["/Idempotency", "/WebhookEndpoints", "/WebhookDeliveries", "/webhook-deliveries", "/uploads", "/manifests", "/image-jobs"];

    protected override async Task<string?> NameOfAsync(HttpRequest request, string customer)
    {
        var target = request.HttpContext.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        if (target.Contains("$batch", StringComparison.Ordinal) || target.Contains("%24batch", StringComparison.Ordinal))
        {
            target = await BodyOfAsync(request);
        }

        return Places.Any(place => target.Contains(place, StringComparison.Ordinal)) ? request.Method : null;
    }
}
