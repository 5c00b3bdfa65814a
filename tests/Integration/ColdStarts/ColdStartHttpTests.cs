using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using ServerlessScale.Local;

namespace ServerlessScale.Tests.Integration.ColdStarts;

/// <summary>Tests the cold-start response headers and the cold-start report of a running app.</summary>
public sealed class ColdStartHttpTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_first_response_of_each_process_is_reported_as_cold()
    {
        await using var cloud = await LocalCloud.StartAsync(new(), Ct);
        using var client = cloud.CreateClient(cloud.Token("ops", "diagnostics.read"));

        using var cold = await client.GetAsync("api/health/live", Ct);
        using var warm = await client.GetAsync("api/health/live", Ct);
        Assert.Equal("true", Header(cold, "X-Cold-Start"));
        Assert.Contains("hostBuilding;dur=", Header(cold, "Server-Timing"), StringComparison.Ordinal);
        Assert.Equal("false", Header(warm, "X-Cold-Start"));
        Assert.Matches(@"^total;dur=[\d.]+$", Header(warm, "Server-Timing"));
        Assert.Equal(Header(cold, "X-Instance-Id"), Header(warm, "X-Instance-Id"));

        var before = await ReportAsync(client);
        Assert.Equal((2, 1), Counts(before, "HealthLive"));
        var phases = Function(before, "HealthLive").GetProperty("phases");
        foreach (var phase in (string[])["runtime", "configuring", "containerBuilding", "hostBuilding", "streamOpening", "hostConnecting", "untilFirstInvocation", "firstInvocation", "firstAnswer"])
        {
            Assert.True(phases.GetProperty(phase).GetProperty("p50Ms").GetDouble() > 0, phase);
        }

        cloud.KillWorker();
        HttpResponseMessage? second = null;
        await Eventually.TrueAsync(
            async () =>
            {
                second?.Dispose();
                second = await client.GetAsync("api/health/live", Ct);
                return second.StatusCode == HttpStatusCode.OK;
            },
            "the replacement worker responds");
        using (second)
        {
            Assert.Equal("true", Header(second!, "X-Cold-Start"));
            Assert.NotEqual(Header(cold, "X-Instance-Id"), Header(second!, "X-Instance-Id"));
        }

        Assert.Equal((3, 2), Counts(await ReportAsync(client), "HealthLive"));
    }

    private static async Task<JsonElement> ReportAsync(HttpClient client) =>
        await client.GetFromJsonAsync<JsonElement>("api/cold-starts", Ct);

    private static JsonElement Function(JsonElement report, string name) =>
        report.GetProperty("functions").EnumerateArray().Single(function => function.GetProperty("name").GetString() == name);

    private static (int Count, int Cold) Counts(JsonElement report, string name)
    {
        var function = Function(report, name);
        return (function.GetProperty("count").GetInt32(), function.GetProperty("cold").GetInt32());
    }

    private static string Header(HttpResponseMessage response, string name) => Assert.Single(response.Headers.GetValues(name));
}
