using Azure;
using Azure.Data.Tables;
using Azure.Storage.Blobs;
using Azure.Storage.Queues;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;

namespace ServerlessScale.Functions.Health;

internal static class HealthRegistration
{
    /// <summary>The time limit of a check. A slower service counts as down, because the probe itself would not wait longer.</summary>
    private static readonly TimeSpan CheckLimit = TimeSpan.FromSeconds(2);

    /// <summary>Adds the health functions' services and a check for each storage service.</summary>
    public static IHostApplicationBuilder AddHealth(this IHostApplicationBuilder builder)
    {
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<Readiness>();
        var checks = builder.Services.AddHealthChecks();
        // Each check reads one small thing with the rights that the app has anyway. The row of the table check never exists: reading
        // one key costs the same for a table of any size.
        Add<BlobServiceClient>("blobs", (client, cancellation) =>
            client.GetBlobContainerClient("uploads").ExistsAsync(cancellation));
        Add<QueueServiceClient>("queues", (client, cancellation) =>
            client.GetQueueClient("image-jobs").PeekMessageAsync(cancellation));
        Add<TableServiceClient>("tables", (client, cancellation) =>
            client.GetTableClient("ColdStarts").GetEntityIfExistsAsync<TableEntity>("health", "health", cancellationToken: cancellation));
        return builder;

        void Add<TClient>(string name, Func<TClient, CancellationToken, Task> read)
            where TClient : class =>
            checks.Add(new HealthCheckRegistration(
                name,
                services => new StorageHealthCheck(cancellation => read(services.GetRequiredService<TClient>(), cancellation)),
                failureStatus: HealthStatus.Unhealthy,
                tags: null,
                timeout: CheckLimit));
    }
}

/// <summary>
/// Checks a storage service with one cheap read. A 404 is healthy: the service responded, and the app creates missing containers,
/// queues and tables on first use.
/// </summary>
internal sealed class StorageHealthCheck(Func<CancellationToken, Task> read) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            await read(cancellationToken);
        }
        catch (RequestFailedException exception) when (exception.Status == 404)
        {
            // The service responded, so it is up.
        }

        return HealthCheckResult.Healthy();
    }
}
