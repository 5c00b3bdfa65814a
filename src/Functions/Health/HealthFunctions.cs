using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using ServerlessScale.Functions.Http;

namespace ServerlessScale.Functions.Health;

/// <summary>
/// The HTTP API for health probes. The class is static, so a liveness probe does not create the health checks during a cold start.
/// </summary>
public static class HealthFunctions
{
    private static readonly HealthResponse Alive = new("healthy", []);

    /// <summary>
    /// Reports that the process is running. It does not check the services on which the app depends, because restarting the process
    /// cannot repair those services.
    /// </summary>
    [Function("HealthLive")]
    [Returns<HealthResponse>(200)]
    public static IResult Live(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "api/health/live")] HttpRequest request) =>
        JsonResponse.Of(Alive, HealthJson.Default.HealthResponse);

    /// <summary>Reports whether the app can serve requests. The status is 200, or 503 when a service that the app needs is down.</summary>
    [Function("HealthReady")]
    [Returns<HealthResponse>(200)]
    [Returns<HealthResponse>(503)]
    public static async Task<IResult> ReadyAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "api/health/ready")] HttpRequest request,
        CancellationToken cancellationToken)
    {
        var readiness = request.HttpContext.RequestServices.GetRequiredService<Readiness>();
        var report = await readiness.CheckAsync(cancellationToken);
        return JsonResponse.Of(
            new HealthResponse(Name(report.Status), [.. report.Entries.Select(Check)]),
            HealthJson.Default.HealthResponse,
            statusCode: report.Status == HealthStatus.Healthy ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);
    }

    private static HealthResponse.Check Check(KeyValuePair<string, HealthReportEntry> check) => new(
        check.Key,
        Name(check.Value.Status),
        Math.Round(check.Value.Duration.TotalMilliseconds, 1),
        check.Value.Status == HealthStatus.Healthy ? null : HealthFault.Describe(check.Value.Exception));

    private static string Name(HealthStatus status) => status == HealthStatus.Healthy ? "healthy" : "unhealthy";
}

/// <summary>
/// Checks the services on which the app depends. Probes that arrive within one second share a result, so that frequent probes do not
/// overload the services.
/// </summary>
internal sealed class Readiness(HealthCheckService checks, TimeProvider time)
{
    private static readonly TimeSpan Hold = TimeSpan.FromSeconds(1);

    private readonly SingleFlight<HealthReport> _reports = new(time, Hold, Hold);

    // Several callers share the run, so no caller's token may cancel it. Every check has a time limit, so the run always ends.
    public Task<HealthReport> CheckAsync(CancellationToken cancellationToken) =>
        _reports.GetAsync(() => checks.CheckHealthAsync(CancellationToken.None), cancellationToken);
}
