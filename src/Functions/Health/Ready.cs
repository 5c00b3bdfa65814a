using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace ServerlessScale.Functions.Health;

/// <summary>Says whether requests can be served: 503 when a service that the app depends on is down.</summary>
public sealed class Ready(Readiness readiness)
{
    [Function("HealthReady")]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "api/health/ready")] HttpRequest request,
        CancellationToken cancellationToken)
    {
        var report = await readiness.CheckAsync(cancellationToken);
        return TypedResults.Json(
            new HealthAnswer(Name(report.Status), [.. report.Entries.Select(Check)]),
            HealthJson.Default.HealthAnswer,
            statusCode: report.Status == HealthStatus.Healthy ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);
    }

    private static HealthAnswer.Check Check(KeyValuePair<string, HealthReportEntry> check) => new(
        check.Key,
        Name(check.Value.Status),
        Math.Round(check.Value.Duration.TotalMilliseconds, 1),
        check.Value.Status == HealthStatus.Healthy ? null : HealthFault.Describe(check.Value.Exception));

    private static string Name(HealthStatus status) => status == HealthStatus.Healthy ? "healthy" : "unhealthy";
}
