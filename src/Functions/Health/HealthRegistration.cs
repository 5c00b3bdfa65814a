using Azure;
using Azure.Data.Tables;
using Azure.Storage.Blobs;
using Azure.Storage.Queues;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace ServerlessScale.Functions.Health;

internal static class HealthRegistration
{
    /// <summary>Adds the services that the health functions use, and a check for each storage service.</summary>
    public static IHostApplicationBuilder AddHealth(this IHostApplicationBuilder builder)
    {
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<Readiness>();
        builder.Services.AddHealthChecks();
        // Each check is one small read that needs no rights beyond those that the app already has. The table check reads a row that never
        // exists, because a lookup by key costs the same in a table of any size.
        Add<BlobServiceClient>("blobs", (client, cancellation) =>
            client.GetBlobContainerClient("uploads").ExistsAsync(cancellation));
        Add<QueueServiceClient>("queues", (client, cancellation) =>
            client.GetQueueClient("image-jobs").PeekMessageAsync(cancellation));
        Add<TableServiceClient>("tables", (client, cancellation) =>
            client.GetTableClient("ColdStarts").GetEntityIfExistsAsync<TableEntity>("health", "health", cancellationToken: cancellation));
        builder.Services.AddOptions<HealthOptions>().BindConfiguration(HealthOptions.Section).ValidateOnStart();
        builder.Services.AddSingleton<IValidateOptions<HealthOptions>, HealthOptionsValidator>();
        builder.Services.AddOptions<HealthCheckServiceOptions>().Configure<IOptions<HealthOptions>>((health, options) =>
        {
            if (options.Value.StorageFolder is { Length: > 0 } folder)
            {
                health.Registrations.AddDependency("disk", _ => new DiskHealthCheck(folder));
            }
        });
        return builder;

        void Add<TClient>(string name, Func<TClient, CancellationToken, Task> read)
            where TClient : class =>
            builder.Services.Configure<HealthCheckServiceOptions>(health => health.Registrations.AddDependency(
                name, services => new StorageHealthCheck(cancellation => read(services.GetRequiredService<TClient>(), cancellation))));
    }
}

/// <summary>
/// Checks a storage service with one cheap read. A 404 response counts as healthy, because the service responded and the app creates
/// missing containers, queues and tables on first use.
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
