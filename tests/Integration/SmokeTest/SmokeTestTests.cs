using System.Net.Http.Json;
using System.Text.Json;
using ServerlessScale.Local;
using ServerlessScale.Local.Topologies;
using ServerlessScale.Measurement;
using ServerlessScale.SmokeTest.Commands;

namespace ServerlessScale.Tests.Integration.SmokeTest;

/// <summary>Runs the smoke test against the complete system.</summary>
public sealed class SmokeTestTests : IDisposable
{
    private readonly DirectoryInfo _data = Directory.CreateTempSubdirectory("smoke-test-");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _data.Delete(recursive: true);

    [Theory]
    [InlineData(Topology.Monolith)]
    [InlineData(Topology.Microservices)]
    public async Task Every_check_succeeds_and_everything_is_deleted(Topology topology)
    {
        await using var cloud = await LocalCloud.StartAsync(
            new() { Topology = topology, Edge = true, AllowPrivateWebhooks = true, DataDirectory = _data.FullName }, Ct);
        // LocalCloud's edge has no id of Front Door, so the app that refuses direct requests is another one.
        await using var locked = await LocalCloud.StartAsync(
            new() { Settings = new Dictionary<string, string> { ["Edge__FrontDoorId"] = Guid.NewGuid().ToString() } }, Ct);

        var (exitCode, checks) = await RunAsync(
            cloud,
            "--receiver-port", "0",
            "--origin-url", locked.BaseAddress.AbsoluteUri,
            "--purge-command", $"dotnet {typeof(LocalCloud).Assembly.Location} purge --data {_data.FullName}");

        Assert.Equal(
            [
                "live: ok", "cold start: ok", "ready: ok", "upload: ok", "edge cache: ok", "product: ok", "order: ok", "delivery: ok",
                "product change: ok", "purge: ok", "locked origin: ok", "clean-up: ok",
            ],
            checks.Select(check => $"{check.Name}: {(check.Result == "ok" ? "ok" : $"{check.Result} {check.Detail} {check.Problem}")}"));
        Assert.Equal(0, exitCode);
        Assert.EndsWith("TCP_HIT", checks.Single(check => check.Name == "edge cache").Detail, StringComparison.Ordinal);
        Assert.Contains("200 (TCP_HIT) before the purge, 404 after", checks.Single(check => check.Name == "purge").Detail, StringComparison.Ordinal);
        Assert.EndsWith("403 not-through-edge", checks.Single(check => check.Name == "locked origin").Detail, StringComparison.Ordinal);
        await AssertNothingIsLeftAsync(cloud);
    }

    [Fact]
    public async Task An_unlocked_origin_fails_and_missing_parts_are_skipped()
    {
        await using var cloud = await LocalCloud.StartAsync(new(), Ct);

        var (exitCode, checks) = await RunAsync(cloud, "--origin-url", cloud.BaseAddress.AbsoluteUri);

        Assert.Equal(
            [
                "live: ok", "cold start: ok", "ready: ok", "upload: ok", "edge cache: skipped", "product: ok", "order: ok", "delivery: skipped",
                "product change: ok", "purge: skipped", "locked origin: failed", "clean-up: ok",
            ],
            checks.Select(check => $"{check.Name}: {check.Result}"));
        Assert.Equal(1, exitCode);
        Assert.Contains("/api/health/live responded with 200 instead of 403", checks.Single(check => check.Result == "failed").Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_without_scopes_fails_the_checks_that_need_them()
    {
        await using var cloud = await LocalCloud.StartAsync(new(), Ct);
        using var output = new StringWriter();

        var exitCode = await CommandRun.InvokeAsync(
            CommandLine.Root(output),
            ["--url", cloud.BaseAddress.AbsoluteUri, "--token", cloud.Token("c1", "orders.read"), "--receiver-port", "0"]);

        Assert.Equal(1, exitCode);
        Assert.Contains("| upload         | failed ", output.ToString(), StringComparison.Ordinal);
        Assert.Contains("POST /api/uploads responded with 403 instead of 201.", output.ToString(), StringComparison.Ordinal);
        Assert.Contains("(scope-missing)", output.ToString(), StringComparison.Ordinal);
        Assert.Contains("| delivery       | skipped | The product for the order was not created.", output.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", output.ToString(), StringComparison.Ordinal);
    }

    private static async Task<(int ExitCode, IReadOnlyList<Row> Checks)> RunAsync(LocalCloud cloud, params string[] arguments)
    {
        using var output = new StringWriter();
        var exitCode = await CommandRun.InvokeAsync(
            CommandLine.Root(output), ["--url", cloud.BaseAddress.AbsoluteUri, "--token", cloud.Token(), "--json", .. arguments]);
        var report = JsonSerializer.Deserialize<JsonElement>(output.ToString());
        Assert.Equal(exitCode == 0, report.GetProperty("passed").GetBoolean());
        return (exitCode, [.. report.GetProperty("checks").EnumerateArray().Select(check => new Row(
            check.GetProperty("name").GetString()!, check.GetProperty("result").GetString()!, check.GetProperty("detail").GetString()!,
            check.TryGetProperty("problem", out var problem) ? problem.GetProperty("detail").GetString()! : ""))]);
    }

    private static async Task AssertNothingIsLeftAsync(LocalCloud cloud)
    {
        using var client = cloud.CreateClient(cloud.Token());
        var endpoints = await client.GetFromJsonAsync<JsonElement>("api/webhooks/endpoints", Ct);
        Assert.Equal(0, endpoints.GetProperty("endpoints").GetArrayLength());
        var orders = (await client.GetFromJsonAsync<JsonElement>("api/orders", Ct)).GetProperty("orders").EnumerateArray().ToList();
        Assert.Equal(2, orders.Count);
        Assert.All(orders, order => Assert.Equal("cancelled", order.GetProperty("status").GetString()));
        var sku = orders[0].GetProperty("lines")[0].GetProperty("sku").GetString();

        // The edge may still have a copy of the product, and another query string is not part of its key.
        await cloud.PurgeAsync("/*", Ct);
        using var product = await client.GetAsync($"api/products/{sku}", Ct);
        Assert.Equal(404, (int)product.StatusCode);
    }

    private sealed record Row(string Name, string Result, string Detail, string Problem);
}
