using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace ServerlessScale.Functions.Health;

/// <summary>Says that the process runs. Looks at nothing else: restarting it cannot heal what it depends on.</summary>
public static class Live
{
    private static readonly HealthAnswer Alive = new("healthy", []);

    [Function("HealthLive")]
    public static IResult Run(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "api/health/live")] HttpRequest request) =>
        TypedResults.Json(Alive, HealthJson.Default.HealthAnswer);
}
