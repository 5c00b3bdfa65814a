using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Data.Tables;
using Azure.Identity;
using Azure.Storage.Blobs;
using Azure.Storage.Queues;
using Microsoft.Extensions.Azure;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace ServerlessScale.Functions.Storage;

/// <summary>
/// Registers <see cref="BlobServiceClient"/>, <see cref="QueueServiceClient"/> and <see cref="TableServiceClient"/>. Their settings are
/// <c>AzureWebJobsStorage</c> (a connection string) or <c>AzureWebJobsStorage:blobServiceUri</c>, <c>:queueServiceUri</c> and
/// <c>:tableServiceUri</c> (with managed identity). The settings <c>Storage</c>, or <c>Storage:blobServiceUri</c> and
/// <c>:tableServiceUri</c>, put blobs and tables into a separate account. Each client is created on first use. It includes the
/// <see cref="HttpPipelinePolicy"/> services that other capabilities have registered.
/// </summary>
internal static class StorageClients
{
    private const string HostAccount = "AzureWebJobsStorage";
    private const string DataAccount = "Storage";

    public static IHostApplicationBuilder AddStorageClients(this IHostApplicationBuilder builder)
    {
        var configuration = builder.Configuration;
        var blobs = StorageEndpoint.Resolve(configuration, "blob", DataAccount, HostAccount);
        var tables = StorageEndpoint.Resolve(configuration, "table", DataAccount, HostAccount);
        // Queue triggers listen on the host's account, so a message in another account would never be processed. The host even reads a
        // connection named "Storage" as AzureWebJobsStorage.
        var queues = StorageEndpoint.Resolve(configuration, "queue", HostAccount);

        builder.Services.AddAzureClients(clients =>
        {
            clients.UseCredential(_ => Credential(configuration, builder.Environment));
            clients.ConfigureDefaults((options, services) =>
            {
                BoundRetries(options);
                foreach (var policy in services.GetServices<HttpPipelinePolicy>())
                {
                    options.AddPolicy(policy, HttpPipelinePosition.PerCall);
                }
            });
            clients.AddClient<BlobServiceClient, BlobClientOptions>((options, credential, _) =>
                blobs.ServiceUri is { } uri
                    ? new BlobServiceClient(uri, credential, options)
                    : new BlobServiceClient(blobs.ConnectionString, options));
            clients.AddClient<TableServiceClient, TableClientOptions>((options, credential, _) =>
                tables.ServiceUri is { } uri
                    ? new TableServiceClient(uri, credential, options)
                    : new TableServiceClient(tables.ConnectionString, options));
            clients.AddClient<QueueServiceClient, QueueClientOptions>((options, credential, _) =>
            {
                // The same encoding as in host.json, so that the host and this client read each other's messages.
                options.MessageEncoding = QueueMessageEncoding.None;
                return queues.ServiceUri is { } uri
                    ? new QueueServiceClient(uri, credential, options)
                    : new QueueServiceClient(queues.ConnectionString, options);
            });
        });
        return builder;
    }

    /// <summary>
    /// Limits a client's retries to a few seconds. When all retries fail, an HTTP function responds with 503, and a queue function gets
    /// its message again.
    /// </summary>
    private static void BoundRetries(ClientOptions options)
    {
        options.Retry.Mode = RetryMode.Exponential;
        options.Retry.MaxRetries = 3;
        options.Retry.Delay = TimeSpan.FromMilliseconds(200);
        options.Retry.MaxDelay = TimeSpan.FromSeconds(2);
        options.Retry.NetworkTimeout = TimeSpan.FromSeconds(10);
    }

    /// <summary>
    /// The credential of the app's own identity, for every Azure service that the app uses. Outside development it is always the managed
    /// identity, because trying all credentials of the default chain would take seconds of a cold start.
    /// </summary>
    internal static TokenCredential Credential(IConfiguration configuration, IHostEnvironment environment)
    {
        var clientId = configuration[$"{HostAccount}:clientId"] ?? configuration["AZURE_CLIENT_ID"];
        if (environment.IsDevelopment())
        {
            return new DefaultAzureCredential(new DefaultAzureCredentialOptions { ManagedIdentityClientId = clientId });
        }

        return new ManagedIdentityCredential(
            clientId is { Length: > 0 } ? ManagedIdentityId.FromUserAssignedClientId(clientId) : ManagedIdentityId.SystemAssigned);
    }
}
