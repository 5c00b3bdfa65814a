using ServerlessScale.Local;
using ServerlessScale.Tests.Integration.Catalogue;
using ServerlessScale.Tests.Integration.Images;
using ServerlessScale.Tests.Integration.Webhooks;

namespace ServerlessScale.Tests.Integration.Telemetry;

/// <summary>Tests the telemetry that a worker exports to an OTLP collector.</summary>
public sealed class TelemetryTests : IAsyncLifetime
{
    private const int Orders = 5;
    private const string Trace = "0af7651916cd43dd8448eb211c80319c";

    private OtlpReceiver _collector = null!;
    private LocalCloud _cloud = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _collector = await OtlpReceiver.StartAsync();
        _cloud = await StartAsync();
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
        Assert.Equal(
            ["Microsoft.Azure.Functions.Worker", "ServerlessScale.Messaging", "ServerlessScale.Webhooks", "System.Net.Http"],
            spans.Select(span => span.Scope).Distinct().Order(StringComparer.Ordinal));
        Assert.InRange(spans.Sum(span => span.Bytes), 1, Orders * 10_000);
    }

    [Fact]
    public async Task One_trace_leads_from_an_upload_to_its_delivered_event()
    {
        await using var receiver = await Receiver.StartAsync();
        using var customer = new WebhookCustomer(_cloud.CreateClient(_cloud.Token()));
        await customer.SubscribeAsync(receiver);
        using var photograph = new ByteArrayContent(Pictures.Jpeg());
        photograph.Headers.ContentType = new("image/jpeg");
        using var upload = new HttpRequestMessage(HttpMethod.Post, "api/images")
        {
            Content = photograph,
            Headers = { { "traceparent", $"00-{Trace}-b7ad6b7169203331-01" } },
        };

        using var response = await customer.Client.SendAsync(upload, Ct);
        response.EnsureSuccessStatusCode();

        // The event of the upgrade may already have followed.
        Assert.Equal("image.ready", (await receiver.ReceiveAsync(1))[0].Type);
        string[] names =
        [
            "function UploadImage", "send image-jobs", "process image-jobs", "send events", "process events", "send webhook-deliveries",
            "process webhook-deliveries", "POST",
        ];
        await Eventually.TrueAsync(
            () => Task.FromResult(names.All(name => OfTrace().Any(span => span.Name == name))), "all spans of the trace arrive");

        // Each span is an ancestor of the next one.
        var parents = OfTrace().ToDictionary(span => span.SpanId, span => span.ParentId);
        var chain = names.Select(name => OfTrace().First(span => span.Name == name && span.Scope != "System.Net.Http")).ToList();
        Assert.All(chain.Zip(chain.Skip(1)), pair => Assert.Contains(pair.First.SpanId, AncestorsOf(pair.Second)));
        Assert.Equal("b7ad6b7169203331", chain[0].ParentId);

        // Each invocation has the current names of the conventions.
        Assert.All(
            Of(OtlpSignal.Span).Where(span => span.Name.StartsWith("function ", StringComparison.Ordinal)),
            span => Assert.Superset(new HashSet<string> { "faas.trigger", "faas.name", "faas.invocation_id" }, span.Attributes.ToHashSet()));
        Assert.Contains(Of(OtlpSignal.Span), span => span.Attributes.Contains("faas.coldstart"));

        IEnumerable<OtlpRecord> OfTrace() => Of(OtlpSignal.Span).Where(span => span.TraceId == Trace);

        IEnumerable<string> AncestorsOf(OtlpRecord span)
        {
            for (var id = span.ParentId; id is { Length: > 0 }; id = parents.GetValueOrDefault(id))
            {
                yield return id;
            }
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_receiver_gets_the_trace_context_only_if_configured(bool configured)
    {
        await using var cloud = configured ? await StartAsync(("Webhooks__Sender__SendTraceContext", "true")) : null;
        await using var receiver = await Receiver.StartAsync();
        using var customer = new WebhookCustomer((cloud ?? _cloud).CreateClient((cloud ?? _cloud).Token()));
        customer.Client.DefaultRequestHeaders.Add("traceparent", $"00-{Trace}-b7ad6b7169203331-01");
        await customer.SubscribeAsync(receiver);

        await customer.OrderAsync();

        var headers = Assert.Single(await receiver.ReceiveAsync(1)).Headers;
        Assert.Equal(configured, headers.TryGetValue("traceparent", out var context));
        Assert.StartsWith(configured ? $"00-{Trace}-" : "", context ?? "", StringComparison.Ordinal);
        Assert.DoesNotContain("tracestate", headers.Keys);
        Assert.DoesNotContain("baggage", headers.Keys);
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

    private async Task<LocalCloud> StartAsync(params IEnumerable<(string Name, string Value)> more)
    {
        var settings = new Dictionary<string, string>(_collector.Settings)
        {
            // The template sets these two settings so that the Functions host does not trace its polling. The worker gets the same
            // settings.
            ["AZURE_TRACING_DISABLED"] = "true",
            ["DOTNET_SYSTEM_NET_HTTP_ENABLEACTIVITYPROPAGATION"] = "false",
        };
        foreach (var (name, value) in more)
        {
            settings[name] = value;
        }

        var cloud = await LocalCloud.StartAsync(new() { Settings = settings, AllowPrivateWebhooks = true }, Ct);
        await KnownProducts.AddAsync(cloud, Ct);
        return cloud;
    }
}
