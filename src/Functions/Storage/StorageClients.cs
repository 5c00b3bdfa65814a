using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Data.Tables;
using Azure.Identity;
using Azure.Storage.Blobs;
using Azure.Storage.Queues;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.Azure;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using ServerlessScale.Shared.Storage;

namespace ServerlessScale.Functions.Storage;

/// <summary>
/// Registers <see cref="BlobServiceClient"/>, <see cref="QueueServiceClient"/> and <see cref="TableServiceClient"/>. Their settings are
/// <c>AzureWebJobsStorage</c> (a connection string) or <c>AzureWebJobsStorage:blobServiceUri</c>, <c>:queueServiceUri</c> and
/// <c>:tableServiceUri</c> (with managed identity). To put blobs and tables into a separate account, set <c>Storage</c>, or
/// <c>Storage:blobServiceUri</c> and <c>:tableServiceUri</c>. Each client is created on first use. Its pipeline includes all registered
/// <see cref="HttpPipelinePolicy"/> services.
/// </summary>
internal static class StorageClients
{
    private const string HostAccount = "AzureWebJobsStorage";
    private const string DataAccount = "Storage";

    /// <summary>
    /// Adds the time limit for each HTTP request's calls to storage. Must be called before <c>AddProblems</c>, because the guard there runs
    /// the function's result, which can read from storage.
    /// </summary>
    public static FunctionsApplicationBuilder AddStorageWait(this FunctionsApplicationBuilder builder)
    {
        builder.Services.AddOptions<StorageCallOptions>().BindConfiguration(StorageCallOptions.Section).ValidateOnStart();
        builder.Services.AddSingleton<IValidateOptions<StorageCallOptions>, StorageCallOptionsValidator>();
        builder.UseMiddleware<StorageWaitMiddleware>();
        return builder;
    }

    public static IHostApplicationBuilder AddStorageClients(this IHostApplicationBuilder builder)
    {
        var configuration = builder.Configuration;
        var blobs = StorageEndpoint.Resolve(configuration, "blob", DataAccount, HostAccount);
        var tables = StorageEndpoint.Resolve(configuration, "table", DataAccount, HostAccount);
        // Queue triggers listen on the host's account, so a message in another account would never be processed. A queue trigger cannot use
        // the "Storage" setting, because the host treats a connection named "Storage" as AzureWebJobsStorage.
        var queues = StorageEndpoint.Resolve(configuration, "queue", HostAccount);

        builder.Services.AddAzureClients(clients =>
        {
            clients.UseCredential(_ => Credential(configuration, builder.Environment));
            clients.ConfigureDefaults((options, services) =>
            {
                BoundRetries(options, services.GetRequiredService<IOptions<StorageCallOptions>>().Value);
                // The SDK formats the headers of every call for its log, even if the log level excludes the record. It logs calls as
                // Information and error responses as Warning.
                options.Diagnostics.IsLoggingEnabled = services.GetRequiredService<ILoggerFactory>().CreateLogger("Azure.Core").IsEnabled(LogLevel.Warning);
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
                // The encoding must be the same as in host.json. Otherwise, the host could not read this client's messages.
                options.MessageEncoding = QueueMessageEncoding.None;
                return queues.ServiceUri is { } uri
                    ? new QueueServiceClient(uri, credential, options)
                    : new QueueServiceClient(queues.ConnectionString, options);
            });
        });
        return builder;
    }

    /// <summary>
    /// Returns the URI of the blob service without creating a client, because a client is expensive to create during a cold start.
    /// </summary>
    internal static Uri BlobService(IConfiguration configuration) =>
        StorageEndpoint.Resolve(configuration, "blob", DataAccount, HostAccount).UriOf("blob");

    /// <summary>
    /// Limits a client's retries to a few seconds. When all retries fail or the request's <see cref="StorageWait"/> is over, an HTTP function
    /// responds with 503. The host delivers the message of a queue function again.
    /// </summary>
    internal static void BoundRetries(ClientOptions options, StorageCallOptions calls)
    {
        options.Retry.Mode = RetryMode.Exponential;
        options.Retry.MaxRetries = 3;
        options.Retry.Delay = TimeSpan.FromMilliseconds(200);
        options.Retry.MaxDelay = TimeSpan.FromSeconds(2);
        options.Retry.NetworkTimeout = calls.AttemptTimeout;
        options.AddPolicy(new StorageWaitPolicy(calls.AttemptTimeout), HttpPipelinePosition.PerRetry);
    }

    /// <summary>
    /// Returns the credential of the app's identity, which the app uses for every Azure service. Outside development it is always the
    /// managed identity, because trying all credentials in the default chain would add seconds to a cold start.
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
