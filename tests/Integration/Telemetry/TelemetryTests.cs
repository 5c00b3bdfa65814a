using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;
using ServerlessScale.Local;

namespace ServerlessScale.Tests.Integration.Telemetry;

/// <summary>Tests the export of metrics and traces to an OTLP collector.</summary>
public sealed class TelemetryTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Metrics_and_traces_reach_an_OTLP_collector()
    {
        var received = new StringBuilder();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        await using var collector = builder.Build();
        collector.Run(async http =>
        {
            using var body = new MemoryStream();
            await http.Request.Body.CopyToAsync(body, http.RequestAborted);
            lock (received)
            {
                // Protobuf messages contain metric names as plain UTF-8 text, so a text search finds them.
                received.Append(http.Request.Path).Append(Encoding.UTF8.GetString(body.ToArray()));
            }
        });
        await collector.StartAsync(Ct);

        await using var cloud = await LocalCloud.StartAsync(
            new()
            {
                Settings = new Dictionary<string, string>
                {
                    ["OTEL_EXPORTER_OTLP_ENDPOINT"] = collector.Urls.Single(),
                    ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
                    ["OTEL_METRIC_EXPORT_INTERVAL"] = "500",
                    ["OTEL_BSP_SCHEDULE_DELAY"] = "500",
                },
            },
            Ct);
        using var client = cloud.CreateClient();
        await client.GetStringAsync("api/health/live", Ct);

        await Eventually.TrueAsync(
            () =>
            {
                lock (received)
                {
                    var text = received.ToString();
                    return Task.FromResult(
                        ((string[])["/v1/metrics", "faas.invocations", "faas.coldstarts", "faas.init_duration", "faas.invoke_duration", "faas.mem_usage", "HealthLive", "/v1/traces"])
                        .All(part => text.Contains(part, StringComparison.Ordinal)));
                }
            },
            "all metrics and a trace arrive");
    }
}
