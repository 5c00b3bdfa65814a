using System.Collections.Concurrent;
using System.Text;
using ServerlessScale.Local;

namespace ServerlessScale.Tests.Integration.Secrets;

/// <summary>Tests that an app whose settings are invalid, or whose stores are down, does not reveal the secrets in its settings.</summary>
public sealed class SecretSettingsTests : IDisposable
{
    private readonly MarkedSecrets _secrets = new();
    private readonly SecretLog _log = new();
    private readonly ConcurrentQueue<RecordedResponse> _responses = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_failed_start_names_invalid_settings_without_their_values()
    {
        string[] settings =
        [
            "Authentication__DevelopmentSigningKey", "Orders__CursorKey", "Webhooks__EncryptionKey", "Webhooks__PreviousEncryptionKey",
            "Webhooks__SigningKeys__0", "Images__SizeKeys__0", "Edge__FrontDoorId",
        ];
        var given = settings.ToDictionary(name => name, name => Mark(name));
        given["Cart__Store"] = "redis";
        given["Cart__Redis__ConnectionString"] = $"redis.example.com:6380,password={Mark("the password of Redis")},unknown={Mark("another password of Redis")}";
        given["Orders__Store"] = "cosmos";
        given["Orders__Cosmos__Endpoint"] = "https://cosmos.example.com/";
        given["Orders__Cosmos__ConnectionString"] = $"AccountEndpoint=https://cosmos.example.com/;AccountKey={Mark("the key of Cosmos DB")}";

        var failure = await FailAsync(given);

        Assert.All(
            settings.Append("Cart__Redis").Append("Orders__Cosmos"),
            name => Assert.Contains(name.Replace("__", ":", StringComparison.Ordinal), failure, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("AzureWebJobsStorage__blobServiceUri", "storage.example.com/?sv=2026&sig={0}")]
    [InlineData("Storage__tableServiceUri", "storage.example.com/?sv=2026&sig={0}")]
    public async Task A_failed_start_does_not_show_a_malformed_address(string name, string value)
    {
        var failure = await FailAsync(new() { [name] = string.Format(null, value, Mark(name)) });

        Assert.Contains(name.Replace("__", ":", StringComparison.Ordinal), failure, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(
        "stores that are down",
        "AccountName=account;AccountKey={0};BlobEndpoint=http://127.0.0.1:1025/a;QueueEndpoint=http://127.0.0.1:1025/a;TableEndpoint=http://127.0.0.1:1025/a",
        "AccountEndpoint=http://127.0.0.1:1025/;AccountKey={0}", "127.0.0.1:1025,password={0}")]
    [InlineData(
        "malformed connection strings",
        "AccountName=account;AccountKey=!{0};BlobEndpoint=blobs;QueueEndpoint=queues;TableEndpoint={0}",
        "AccountEndpoint={0};AccountKey={0}", "127.0.0.1:1025,password={0},ssl=false")]
    public async Task Requests_fail_without_a_secret_of_the_settings(string state, string storage, string cosmos, string redis)
    {
        using (var loggers = _log.Factory())
        {
            await using var cloud = await LocalCloud.StartAsync(
                new LocalCloudOptions
                {
                    Loggers = loggers,
                    AllowPrivateWebhooks = true,
                    WorkerSettings = new Dictionary<string, string>(SecretsCloud.AllLogs)
                    {
                        ["AzureWebJobsStorage"] = string.Format(null, storage, Mark("the key of the storage account", asKey: true)),
                        ["Orders__Store"] = "cosmos",
                        ["Orders__Cosmos__ConnectionString"] = string.Format(null, cosmos, Mark("the key of Cosmos DB", asKey: true)),
                        ["Orders__Cosmos__LimitToEndpoint"] = "true",
                        ["Cart__Store"] = "redis",
                        ["Cart__Redis__ConnectionString"] = string.Format(null, redis, Mark("the password of Redis")),
                        ["StorageCalls__AttemptTimeout"] = "00:00:00.2",
                        ["StorageCalls__RequestLimit"] = "00:00:00.5",
                    },
                },
                Ct);
            await SendAsync(cloud);
        }

        Assert.Contains(_log.Records, record => record.Text.Contains("The response is problem dependency-unavailable", StringComparison.Ordinal)
            || record.Text.Contains("failed unexpectedly", StringComparison.Ordinal));
        _secrets.AssertNotIn(_log.Records);
        _secrets.AssertNotIn(_responses.Select(response => ($"the response to {response.Request} with {state}", response.Text)));
    }

    public void Dispose() => _log.Dispose();

    private async Task SendAsync(LocalCloud cloud)
    {
        var token = cloud.Token();
        _secrets.Add(new("the token", token.Split('.')[2]));
        _secrets.Add(new("the cart", new string('A', 43)));
        using var customer = new RecordedClient(null, cloud.CreateClient(token), _responses);
        (string Method, string Path, string? Body)[] requests =
        [
            ("GET", "api/cart", null), ("PUT", "api/cart/lines/mug-1", """{"quantity":1}"""), ("POST", "api/cart/checkout", null),
            ("GET", "api/orders", null), ("POST", "api/orders", """{"lines":[{"sku":"mug-1","quantity":1}]}"""), ("GET", "api/products/mug-1", null),
            ("GET", "api/webhooks/endpoints", null), ("POST", "api/webhooks/endpoints", $$"""{"url":"https://8.8.8.8/","secret":"whsec_{{Mark("a webhook secret", asKey: true)}}"}"""),
            ("POST", "api/uploads", """{"contentType":"image/jpeg","bytes":10}"""), ("GET", "api/images/202611xn1me8q63jemtycymajq62e", null),
            ("GET", "api/health/ready", null), ("GET", "api/cold-starts", null), ("GET", "/", null),
        ];
        await Task.WhenAll(requests.Select(request => customer.SendAsync(
            new(request.Method), request.Path, request.Body is null ? null : new StringContent(request.Body, Encoding.UTF8, "application/json"),
            ("Cookie", $"sid={new string('A', 43)}"), ("Idempotency-Key", "k"))));
        Assert.Contains(_responses, response => response.IsProblem);
    }

    /// <summary>Starts a cloud with invalid settings. Returns the message of the error and the log.</summary>
    private async Task<string> FailAsync(Dictionary<string, string> settings)
    {
        using var loggers = _log.Factory();
        var failure = await Assert.ThrowsAsync<LocalCloudException>(async () =>
        {
            await using var started = await LocalCloud.StartAsync(
                new LocalCloudOptions
                {
                    // The host does not use the storage account before the worker has started.
                    StorageConnectionString = "AccountName=a;AccountKey=a2V5;BlobEndpoint=http://127.0.0.1:1025/a;"
                        + "QueueEndpoint=http://127.0.0.1:1025/a;TableEndpoint=http://127.0.0.1:1025/a",
                    WorkerSettings = settings,
                    Loggers = loggers,
                },
                Ct);
        });
        _secrets.AssertNotIn([.. _log.Records, ("the error", failure.ToString())]);
        return string.Join(Environment.NewLine, _log.Records.Select(record => record.Text).Prepend(failure.Message));
    }

    /// <summary>Creates a secret.</summary>
    /// <param name="asKey">Whether the secret is a key in base64.</param>
    private string Mark(string name, bool asKey = false)
    {
        var marker = SecretsJourney.Marker();
        marker = asKey ? Convert.ToBase64String(Encoding.UTF8.GetBytes(marker)) : marker;
        _secrets.Add(new(name, marker));
        return marker;
    }
}
