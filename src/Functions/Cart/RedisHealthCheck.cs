using Microsoft.Extensions.Diagnostics.HealthChecks;
using ServerlessScale.Shared.Cart;

namespace ServerlessScale.Functions.Cart;

/// <summary>Redis answers; the health service turns an exception into unhealthy.</summary>
internal sealed class RedisHealthCheck(RedisConnection connection) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        await connection.PingAsync(cancellationToken);
        return HealthCheckResult.Healthy();
    }
}
