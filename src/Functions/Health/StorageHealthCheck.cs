using Azure;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace ServerlessScale.Functions.Health;

/// <summary>
/// Asks one storage service something cheap that the app may ask. A container, queue or table that is not there yet is
/// healthy: the service answered, and they are made on first use.
/// </summary>
internal sealed class StorageHealthCheck(Func<CancellationToken, Task> ask) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            await ask(cancellationToken);
        }
        catch (RequestFailedException exception) when (exception.Status == 404)
        {
            // The service is up.
        }

        return HealthCheckResult.Healthy();
    }
}
