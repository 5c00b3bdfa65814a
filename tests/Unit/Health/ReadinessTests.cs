using System.Text.Json;
using Azure.Core;
using Azure.Data.Tables;
using Azure.Storage.Blobs;
using Azure.Storage.Queues;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Time.Testing;
using ServerlessScale.Functions.Cart;
using ServerlessScale.Functions.Health;
using ServerlessScale.Functions.Orders;
using ServerlessScale.Tests.Unit.Http;

namespace ServerlessScale.Tests.Unit.Health;

public sealed class ReadinessTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _time = new();
    private LocalHttpServer _storage = null!;
    private int _calls;

    /// <summary>Writes the storage service's response. The default is 404, the response from an empty account.</summary>
    private RequestDelegate _respond = http =>
    {
        http.Response.StatusCode = StatusCodes.Status404NotFound;
        return Task.CompletedTask;
    };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _storage = await LocalHttpServer.StartAsync(http =>
    {
        Interlocked.Increment(ref _calls);
        return _respond(http);
    });

    public ValueTask DisposeAsync() => _storage.DisposeAsync();

    [Fact]
    public async Task An_empty_storage_account_is_healthy()
    {
        var (status, body) = await CheckAsync(Services(_storage.Address));

        Assert.Equal(200, status);
        Assert.Equal("healthy", body.GetProperty("status").GetString());
        Assert.Equal(
            ["blobs", "queues", "tables"], body.GetProperty("checks").EnumerateArray().Select(check => check.GetProperty("name").GetString()));
        Assert.All(body.GetProperty("checks").EnumerateArray(), check =>
        {
            Assert.Equal("healthy", check.GetProperty("status").GetString());
            Assert.True(check.GetProperty("latencyMs").GetDouble() >= 0);
            Assert.False(check.TryGetProperty("error", out _));
        });
    }

    [Fact]
    public async Task A_failed_check_names_the_service_but_not_its_address()
    {
        _respond = async http =>
        {
            http.Response.StatusCode = http.Request.Path.Value!.Contains("image-jobs", StringComparison.Ordinal) ? 403 : 404;
            http.Response.Headers["x-ms-error-code"] = "AuthorizationFailure";
            await http.Response.WriteAsync("<Error><Code>AuthorizationFailure</Code><Message>secret</Message></Error>", http.RequestAborted);
        };

        var (status, body) = await CheckAsync(Services(_storage.Address));

        Assert.Equal(503, status);
        Assert.Equal("unhealthy", body.GetProperty("status").GetString());
        var failed = Assert.Single(body.GetProperty("checks").EnumerateArray(), check => check.GetProperty("status").GetString() == "unhealthy");
        Assert.Equal("queues", failed.GetProperty("name").GetString());
        Assert.Equal("responded with 403 AuthorizationFailure", failed.GetProperty("error").GetString());
    }

    [Fact]
    public async Task Storage_that_refuses_connections_is_unhealthy()
    {
        var address = _storage.Address;
        await _storage.DisposeAsync();

        var (status, body) = await CheckAsync(Services(address));

        Assert.Equal(503, status);
        Assert.All(
            body.GetProperty("checks").EnumerateArray(),
            check => Assert.Equal("connection failed: ConnectionRefused", check.GetProperty("error").GetString()));
    }

    [Fact]
    public async Task Storage_that_never_responds_is_unhealthy()
    {
        _respond = http => Task.Delay(Timeout.Infinite, http.RequestAborted);

        var (status, body) = await CheckAsync(Services(_storage.Address));

        Assert.Equal(503, status);
        Assert.All(
            body.GetProperty("checks").EnumerateArray(),
            check => Assert.Equal("no response in time", check.GetProperty("error").GetString()));
    }

    [Theory]
    [InlineData("", true)]
    [InlineData("GetCart,SetCartLine,ClearCart,CheckOutCart", true)]
    [InlineData("GetCart,SetCartLine,ClearCart,CheckOutCart,SweepCarts", false)]
    public async Task Only_an_app_with_carts_in_Redis_checks_Redis(string disabled, bool isChecked)
    {
        var settings = Disabled(disabled);
        settings["Cart:Store"] = "Redis";
        settings["Cart:Redis:ConnectionString"] = $"127.0.0.1:{_storage.Address.Port},connectTimeout=200";

        var (status, body) = await CheckAsync(Services(_storage.Address, settings, builder => builder.AddCart()));

        Assert.Equal(isChecked ? 503 : 200, status);
        Assert.Equal(isChecked, NamesOf(body).Contains("redis"));
    }

    [Theory]
    [InlineData("", true)]
    [InlineData("CreateOrder,GetOrder,ListOrders,ChangeOrder,GetOrderStatuses,RelayOrderEvent,OrderIntentPoisoned", true)]
    [InlineData("CreateOrder,GetOrder,ListOrders,ChangeOrder,GetOrderStatuses,RelayOrderEvent,OrderIntentPoisoned,CheckOutCart", false)]
    public async Task Only_an_app_with_orders_in_Cosmos_DB_checks_Cosmos_DB(string disabled, bool isChecked)
    {
        using var cosmos = new SilentServer();
        var settings = Disabled(disabled);
        settings["Orders:Store"] = "Cosmos";
        settings["Orders:CursorKey"] = Convert.ToBase64String(new byte[32]);
        settings["Orders:Cosmos:ConnectionString"] =
            $"AccountEndpoint=http://127.0.0.1:{cosmos.Port}/;AccountKey={Convert.ToBase64String(new byte[64])}";
        settings["Orders:Cosmos:LimitToEndpoint"] = "true";

        var (status, body) = await CheckAsync(Services(_storage.Address, settings, builder => builder.AddOrders()));

        Assert.Equal(isChecked ? 503 : 200, status);
        Assert.Equal(isChecked, NamesOf(body).Contains("cosmos"));
        Assert.All(body.GetProperty("checks").EnumerateArray().Where(check => check.GetProperty("name").GetString() == "cosmos"), check =>
            Assert.Equal("no response in time", check.GetProperty("error").GetString()));
    }

    [Fact]
    public async Task Concurrent_probes_check_storage_at_most_once_a_second()
    {
        var services = Services(_storage.Address);

        await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => CheckAsync(services)));
        Assert.Equal(3, _calls);

        _time.Advance(TimeSpan.FromSeconds(1));
        await CheckAsync(services);
        Assert.Equal(6, _calls);
    }

    [Fact]
    public async Task A_cancelled_probe_does_not_fail_concurrent_probes()
    {
        var entered = new TaskCompletionSource();
        var release = new TaskCompletionSource();
        _respond = async http =>
        {
            entered.TrySetResult();
            await release.Task;
            http.Response.StatusCode = StatusCodes.Status404NotFound;
        };
        var readiness = Services(_storage.Address).GetRequiredService<Readiness>();
        using var firstProbe = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);

        var first = readiness.CheckAsync(firstProbe.Token);
        var second = readiness.CheckAsync(Cancellation);
        await entered.Task.WaitAsync(Cancellation);
        await firstProbe.CancelAsync();
        release.SetResult();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        Assert.Equal(3, (await second).Entries.Count);
    }

    private static async Task<(int Status, JsonElement Body)> CheckAsync(IServiceProvider services)
    {
        var http = new DefaultHttpContext { RequestServices = services };
        using var body = new MemoryStream();
        http.Response.Body = body;
        var result = await HealthFunctions.ReadyAsync(http.Request, Cancellation);
        await result.ExecuteAsync(http);
        using var document = JsonDocument.Parse(body.ToArray());
        return (http.Response.StatusCode, document.RootElement.Clone());
    }

    private static Dictionary<string, string?> Disabled(string functions) => functions
        .Split(',', StringSplitOptions.RemoveEmptyEntries)
        .ToDictionary(function => $"AzureWebJobs.{function}.Disabled", _ => (string?)"true");

    private static IEnumerable<string?> NamesOf(JsonElement body) =>
        body.GetProperty("checks").EnumerateArray().Select(check => check.GetProperty("name").GetString());

    private ServiceProvider Services(
        Uri storage, Dictionary<string, string?>? settings = null, Action<IHostApplicationBuilder>? addCapability = null)
    {
        var account = new Uri(storage, "account");
        var builder = Host.CreateEmptyApplicationBuilder(new());
        builder.Services.AddLogging();
        builder.Services.AddSingleton<TimeProvider>(_time);
        builder.Services.AddSingleton(new BlobServiceClient(account, WithoutRetries(new BlobClientOptions())));
        builder.Services.AddSingleton(new QueueServiceClient(account, WithoutRetries(new QueueClientOptions())));
        builder.Services.AddSingleton(new TableServiceClient(
            account, new TableSharedKeyCredential("account", Convert.ToBase64String(new byte[32])), WithoutRetries(new TableClientOptions())));
        builder.Configuration.AddInMemoryCollection(settings ?? []);
        builder.Services.AddSingleton<IConfiguration>(builder.Configuration);
        builder.AddHealth();
        addCapability?.Invoke(builder);
        return builder.Services.BuildServiceProvider();
    }

    private static TOptions WithoutRetries<TOptions>(TOptions options)
        where TOptions : ClientOptions
    {
        options.Retry.MaxRetries = 0;
        return options;
    }
}
