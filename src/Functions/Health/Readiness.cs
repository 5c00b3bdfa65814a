using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace ServerlessScale.Functions.Health;

/// <summary>The state of the services that the app depends on, at most a second old.</summary>
public sealed class Readiness(HealthCheckService checks, TimeProvider time)
{
    private static readonly TimeSpan Hold = TimeSpan.FromSeconds(1);

    private readonly SingleFlight<HealthReport> _reports = new(time, Hold, Hold);

    public Task<HealthReport> CheckAsync(CancellationToken cancellationToken) =>
        // Each check has a time limit, so the shared run ends by itself.
        _reports.GetAsync(() => checks.CheckHealthAsync(CancellationToken.None), cancellationToken);
}
