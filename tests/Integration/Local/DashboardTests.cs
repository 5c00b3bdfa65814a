using System.Text.Json;
using ServerlessScale.Local;
using ServerlessScale.Local.Dashboard;

namespace ServerlessScale.Tests.Integration.Local;

/// <summary>Tests the Aspire dashboard with its real program, which NuGet installs on first use.</summary>
public sealed class DashboardTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_dashboard_shows_the_spans_of_each_instance()
    {
        DashboardProcess dashboard;
        await using (var cloud = await StartAsync())
        {
            dashboard = cloud.Dashboard!;
            using var client = cloud.CreateClient();
            using var page = new HttpClient { BaseAddress = dashboard.Address };
            await client.GetStringAsync("api/health/live", Ct);

            await Eventually.TrueAsync(
                async () =>
                {
                    var traces = await page.GetStringAsync("api/telemetry/traces?limit=1000", Ct);
                    return traces.Contains("function HealthLive", StringComparison.Ordinal)
                        && traces.Contains("instance-1", StringComparison.Ordinal);
                },
                "the dashboard shows the invocation");
            Assert.Contains("Aspire", await page.GetStringAsync("/", Ct), StringComparison.OrdinalIgnoreCase);

            client.DefaultRequestHeaders.Authorization = new("Bearer", cloud.LabToken);
            var state = JsonDocument.Parse(await client.GetStringAsync("_local/state", Ct)).RootElement;
            Assert.Equal(dashboard.Address.OriginalString, state.GetProperty("dashboard").GetString());
        }

        Assert.True(dashboard.Completion.IsCompletedSuccessfully);
        using var probe = new HttpClient();
        await Assert.ThrowsAsync<HttpRequestException>(() => probe.GetAsync(dashboard.Address, Ct));
    }

    private static async Task<LocalCloud> StartAsync()
    {
        try
        {
            return await LocalCloud.StartAsync(new() { Dashboard = true, Lab = true }, Ct);
        }
        catch (LocalCloudException failure) when (failure.Message.StartsWith("NuGet could not install", StringComparison.Ordinal))
        {
            Assert.Skip(failure.Message);
            throw;
        }
    }
}
