using ServerlessScale.Local;
using ServerlessScale.Tests.Integration.Catalogue;
using ServerlessScale.Tests.Integration.Webhooks;

namespace ServerlessScale.Tests.Integration.Telemetry;

/// <summary>Tests the telemetry that a worker exports to an OTLP collector.</summary>
public sealed class TelemetryTests : IAsyncLifetime
{
    private const int Orders = 5;

    private OtlpReceiver _collector = null!;
    private LocalCloud _cloud = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _collector = await OtlpReceiver.StartAsync();
        var settings = new Dictionary<string, string>(_collector.Settings)
        {
            // The template sets these two settings so that the Functions host does not trace its polling. The worker gets the same
            // settings.
            ["AZURE_TRACING_DISABLED"] = "true",
            ["DOTNET_SYSTEM_NET_HTTP_ENABLEACTIVITYPROPAGATION"] = "false",
        };
        _cloud = await LocalCloud.StartAsync(new() { Settings = settings, AllowPrivateWebhooks = true }, Ct);
        await KnownProducts.AddAsync(_cloud, Ct);
    }

    public async ValueTask DisposeAsync()
    {
        await _cloud.DisposeAsync();
        await _collector.DisposeAsync();
    }

    [Fact]
    public async Task Metrics_and_traces_reach_an_OTLP_collector()
    {
        using var client = _cloud.CreateClient();
        await client.GetStringAsync("api/health/live", Ct);

        await Eventually.TrueAsync(
            () => Task.FromResult(
                ((string[])["faas.invocations", "faas.coldstarts", "faas.init_duration", "faas.invoke_duration", "faas.mem_usage"])
                .All(metric => Of(OtlpSignal.Metric).Any(record => record.Name == metric))
                && Of(OtlpSignal.Span).Any(span => span.Name == "function HealthLive")),
            "all metrics and a trace arrive");
    }

    [Fact]
    public async Task Orders_export_log_records_of_the_shop_but_not_of_libraries()
    {
        await using var receiver = await Receiver.StartAsync();
        using var customer = new WebhookCustomer(_cloud.CreateClient(_cloud.Token()));
        await customer.SubscribeAsync(receiver);
        for (var order = 0; order < Orders; order++)
        {
            await customer.OrderAsync();
        }

        await Eventually.TrueAsync(
            () => Task.FromResult(
                Logs("{Type} {EventId}").Count() == Orders
                && Logs("Delivery {DeliveryId}, attempt {Attempt}: {Status} {Error} in {Milliseconds:0} ms").Count() == Orders
                && Of(OtlpSignal.Span).Count(span => span.Name == "function CreateOrder") == Orders
                && Of(OtlpSignal.Span).Count(span => span.Name == "function SendWebhook") == Orders),
            "the records of all orders and deliveries arrive");

        // By default, Azure.Core logs two records for each storage request, and ASP.NET Core logs four records for each HTTP request.
        // Records from Microsoft.Hosting.Lifetime are logged at startup.
        var logs = Of(OtlpSignal.Log).ToArray();
        Assert.Empty(logs.Where(log => !IsOfTheShop(log) && log.Scope is not "Microsoft.Hosting.Lifetime").Select(log => log.Scope).Distinct());
        Assert.InRange(logs.Sum(log => log.Bytes), 1, Orders * 1_000);

        // The worker's spans represent function invocations and requests to other services.
        var spans = Of(OtlpSignal.Span).ToArray();
        Assert.Equal(["Microsoft.Azure.Functions.Worker", "System.Net.Http"], spans.Select(span => span.Scope).Distinct().Order());
        Assert.InRange(spans.Sum(span => span.Bytes), 1, Orders * 10_000);
    }

    [Fact]
    public async Task An_idle_worker_does_not_export_logs_or_spans()
    {
        using var client = _cloud.CreateClient();
        await client.GetStringAsync("api/health/live", Ct);
        await Eventually.TrueAsync(() => Task.FromResult(Of(OtlpSignal.Span).Any(span => span.Name == "function HealthLive")), "the request's span arrives");

        // After the request, the worker stores its invocation records within one interval, which is two seconds.
        await Eventually.TrueAsync(
            async () =>
            {
                var before = LogsAndSpans();
                await Task.Delay(TimeSpan.FromSeconds(5), Ct);
                return LogsAndSpans() == before;
            },
            "the worker exports no log records and no spans for five seconds");
    }

    private static bool IsOfTheShop(OtlpRecord log) => log.Scope.StartsWith("ServerlessScale.", StringComparison.Ordinal);

    private int LogsAndSpans() => Of(OtlpSignal.Log).Count() + Of(OtlpSignal.Span).Count();

    private IEnumerable<OtlpRecord> Of(OtlpSignal signal) => _collector.Records.Where(record => record.Signal == signal);

    private IEnumerable<OtlpRecord> Logs(string template) => Of(OtlpSignal.Log).Where(log => log.Name == template);
}
