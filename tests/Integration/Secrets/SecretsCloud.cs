using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Azure.Storage.Queues;
using Microsoft.Extensions.Logging;
using ServerlessScale.Local;
using ServerlessScale.Tests.Integration.Catalogue;
using ServerlessScale.Tests.Integration.Telemetry;

namespace ServerlessScale.Tests.Integration.Secrets;

/// <summary>
/// The complete system behind an edge, with its laboratory, with Cosmos DB and with an OTLP collector, while it handles secrets. Every log level
/// is on. When the tests start, <see cref="SecretsJourney"/> has used all capabilities, the worker has been killed once, and the cloud has ended.
/// </summary>
public sealed class SecretsCloud : IAsyncLifetime
{
    /// <summary>The log levels of an operator who searches for a fault with all that the libraries can log.</summary>
    internal static readonly IReadOnlyDictionary<string, string> AllLogs = new[]
    {
        "Default", "Azure", "Azure.Core", "Azure.Identity", "Microsoft", "Microsoft.AspNetCore", "Microsoft.Hosting.Lifetime", "System.Net.Http",
        "System.Net.Http.HttpClient", "ServerlessScale",
    }.ToDictionary(category => $"Logging__LogLevel__{category}", _ => "Trace");

    private readonly DirectoryInfo _data = Directory.CreateTempSubdirectory("secrets-");
    private readonly ConcurrentQueue<RecordedResponse> _responses = new();
    private readonly List<(string Place, string Text)> _telemetry = [];
    private readonly List<(string Place, string Text)> _stored = [];

    internal MarkedSecrets Secrets { get; } = new();

    internal SecretLog Log { get; } = new();

    internal IReadOnlyList<RecordedResponse> Responses => [.. _responses];

    /// <summary>The bodies of all export requests.</summary>
    internal IReadOnlyList<(string Place, string Text)> Telemetry => _telemetry;

    /// <summary>The files of Azurite, which contain all rows, blobs and queue messages, including deleted messages.</summary>
    internal IReadOnlyList<(string Place, string Text)> Stored => _stored;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await using var collector = await OtlpReceiver.StartAsync();
        using var loggers = Log.Factory();
        await using (var cloud = await StartAsync(collector, loggers))
        {
            await KnownProducts.AddAsync(cloud, Ct);
            MarkServices(cloud);
            using var owner = Client(cloud, "owner");
            using var other = Client(cloud, "other");
            using var anyone = new RecordedClient(null, cloud.CreateClient(), _responses);
            await using (var journey = new SecretsJourney(Secrets, owner, other, anyone))
            {
                await journey.RunAsync(cloud);
            }

            await PoisonAsync(cloud);
            await KillAsync(cloud, owner, anyone);
            using var laboratory = new RecordedClient(null, cloud.CreateClient(), _responses);
            Secrets.Add(new("the token of the laboratory", cloud.LabToken!));
            await laboratory.ExpectAsync(200, "GET", "_local/state", null, ("Authorization", $"Bearer {cloud.LabToken}"));
            await laboratory.ExpectAsync(401, "GET", "_local/state", null, ("Authorization", $"Bearer {cloud.LabToken}x"));
        }

        _telemetry.AddRange(collector.Requests.Select(request => (request.Path, Encoding.UTF8.GetString(request.Body))));
        _stored.AddRange(
            from file in Directory.EnumerateFiles(Path.Combine(_data.FullName, "azurite"), "*", SearchOption.AllDirectories)
            select (Path.GetRelativePath(_data.FullName, file), Encoding.Latin1.GetString(File.ReadAllBytes(file))));
    }

    public ValueTask DisposeAsync()
    {
        Log.Dispose();
        _data.Delete(recursive: true);
        return ValueTask.CompletedTask;
    }

    private async Task<LocalCloud> StartAsync(OtlpReceiver collector, ILoggerFactory loggers)
    {
        var settings = new Dictionary<string, string>(AllLogs);
        foreach (var (name, value) in collector.Settings)
        {
            settings[name] = value;
        }

        settings["AzureFunctionsJobHost__extensions__queues__maxDequeueCount"] = "1";
        settings["Webhooks__Sender__Timeout"] = "00:00:01";
        settings["Orders__CursorKey"] = Key("the key of cursors");
        settings["Webhooks__EncryptionKey"] = Key("the encryption key of webhook secrets");
        settings["Webhooks__SigningKeys__0"] = "whsk_" + Key("the signing key of webhooks");
        settings["Images__SizeKeys__0"] = SecretsJourney.SizeKeyId + "." + Key("the key of image sizes", SecretsJourney.SizeKey);
        settings["OTEL_EXPORTER_OTLP_HEADERS"] = "x-api-key=" + Text("the key of the collector");
        return await LocalCloud.StartAsync(
            new LocalCloudOptions
            {
                Lab = true,
                Edge = true,
                Orders = LocalOrderBackend.Cosmos,
                AllowPrivateWebhooks = true,
                DataDirectory = _data.FullName,
                Loggers = loggers,
                Settings = settings,
            },
            Ct);

        string Key(string name, byte[]? bytes = null)
        {
            var key = Convert.ToBase64String(bytes ?? RandomNumberGenerator.GetBytes(32));
            Secrets.Add(new(name, key));
            return key;
        }

        string Text(string name)
        {
            var value = SecretsJourney.Marker();
            Secrets.Add(new(name, value));
            return value;
        }
    }

    private void MarkServices(LocalCloud cloud)
    {
        Secrets.Add(new("the key of the storage account", Part(cloud.StorageConnectionString, "AccountKey=")));
        Secrets.Add(new("the key of Cosmos DB", Part(cloud.Cosmos!.ConnectionString, "AccountKey=")));
        Secrets.Add(new("the signing key of tokens", File.ReadAllText(Path.Combine(_data.FullName, "development-signing-key")).Trim()));
    }

    private static string Part(string connectionString, string name) =>
        connectionString.Split(';').Single(part => part.StartsWith(name, StringComparison.Ordinal))[name.Length..];

    private RecordedClient Client(LocalCloud cloud, string customer)
    {
        var token = cloud.Token(customer);
        Secrets.Add(new($"the token of {customer}", token.Split('.')[2], customer));
        return new(customer, cloud.CreateClient(token), _responses);
    }

    /// <summary>Puts a message that no function can parse into each queue, and waits until the messages have been dropped.</summary>
    private async Task PoisonAsync(LocalCloud cloud)
    {
        string[] queues = ["events", "order-intents", "webhook-deliveries", "webhook-recoveries", "image-upgrades", "image-jobs"];
        foreach (var queue in queues)
        {
            var marker = SecretsJourney.Marker();
            Secrets.Add(new($"a secret in a broken message of {queue}", marker) { IsStored = true });
            var client = new QueueClient(cloud.StorageConnectionString, queue);
            await client.CreateIfNotExistsAsync(cancellationToken: Ct);
            await client.SendMessageAsync($$"""{"broken":"{{marker}}""", Ct);
        }

        await Eventually.TrueAsync(
            () => Task.FromResult(Log.Records.Select(record => record.Text).Count(IsDropped) >= queues.Length),
            "every broken message is dropped");

        static bool IsDropped(string text) => text.Contains(" and is dropped; it has ", StringComparison.Ordinal);
    }

    /// <summary>Kills the worker during requests with secrets, and waits until its successor responds.</summary>
    private static async Task KillAsync(LocalCloud cloud, RecordedClient owner, RecordedClient anyone)
    {
        var requests = Enumerable.Range(0, 5).Select(_ => owner.GetAsync("api/orders")).ToList();
        Assert.NotNull(cloud.KillWorker());
        foreach (var request in requests)
        {
            try
            {
                await request;
            }
            catch (HttpRequestException)
            {
                // The connection of a request to a killed worker may end without a response.
            }
        }

        await Eventually.TrueAsync(async () => (await anyone.GetAsync("api/health/live")).Status == 200, "the next worker responds");
    }
}
