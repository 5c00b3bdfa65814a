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
    /// <summary>What a check may take; slower is down, as a probe would not wait longer either.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);

    public static IHostApplicationBuilder AddHealth(this IHostApplicationBuilder builder)
    {
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<Readiness>();
        var checks = builder.Services.AddHealthChecks();
        // Each reads one small thing, with the rights that the app has anyway. The table's row never exists: a look at one key
        // costs the same on a table of any size.
        Add<BlobServiceClient>("blobs", (client, cancellation) =>
            client.GetBlobContainerClient("uploads").ExistsAsync(cancellation));
        Add<QueueServiceClient>("queues", (client, cancellation) =>
            client.GetQueueClient("image-jobs").PeekMessageAsync(cancellation));
        Add<TableServiceClient>("tables", (client, cancellation) =>
            client.GetTableClient("ColdStarts").GetEntityIfExistsAsync<TableEntity>("health", "health", cancellationToken: cancellation));
        return builder;

        void Add<TClient>(string name, Func<TClient, CancellationToken, Task> ask)
            where TClient : class =>
            checks.Add(new HealthCheckRegistration(
                name,
                services => new StorageHealthCheck(cancellation => ask(services.GetRequiredService<TClient>(), cancellation)),
                failureStatus: HealthStatus.Unhealthy,
                tags: null,
                timeout: Limit));
    }
}
