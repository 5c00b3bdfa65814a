using System.CommandLine;
using System.Globalization;
using Azure.Data.Tables;
using Azure.Identity;
using Azure.Storage.Blobs;
using Azure.Storage.Queues;
using ServerlessScale.Shared.Orders.Stores;
using ServerlessScale.Shared.Storage;

namespace ServerlessScale.Requeue;

/// <summary>The command line of <c>dotnet run --project tools/Requeue --</c>.</summary>
internal static class CommandLine
{
    public static RootCommand Root()
    {
        var data = new Option<string>("--data")
        {
            Description = "The storage account with the manifests and tables: its name, or a connection string.",
            Required = true,
        };
        var queues = new Option<string?>("--queues") { Description = "The storage account with the queues. The default is that of --data." };
        var cosmos = new Option<string?>("--cosmos")
        {
            Description = "The endpoint of the Cosmos DB account with the orders, or a connection string. By default, orders are in tables.",
        };
        var since = new Option<string>("--since")
        {
            Description = "Considers the images and orders that have changed since this UTC time, e.g. 2026-11-25T09:00:00Z. It must be within the "
                + "retention of events, because the history of events shows which events were handled. Pending deliveries of any age are considered.",
            Required = true,
        };
        since.Validators.Add(result =>
        {
            if (TimeOf(result.GetValueOrDefault<string>()) is null)
            {
                result.AddError("--since must be a time, e.g. 2026-11-25T09:00:00Z.");
            }
        });
        var send = new Option<bool>("--send") { Description = "Sends the messages. Without this option, the command only counts them." };

        var root = new RootCommand("Queues the work again that the stores show as unfinished, after messages were lost.") { data, queues, cosmos, since, send };
        root.SetAction(async (parsed, cancellationToken) =>
        {
            var account = parsed.GetValue(data)!;
            using var database = parsed.GetValue(cosmos) is { } text ? new CosmosAccount(CosmosOptionsOf(text), Credential) : null;
            var work = new UnfinishedWork(
                BlobsOf(account),
                TablesOf(account),
                QueuesOf(parsed.GetValue(queues) ?? account),
                database is null ? null : new CosmosOrderStore(database),
                TimeProvider.System)
            {
                Sends = parsed.GetValue(send),
            };
            Console.WriteLine((await work.RunAsync(TimeOf(parsed.GetValue(since))!.Value, cancellationToken)).ToText(parsed.GetValue(send)));
            return 0;
        });
        return root;
    }

    private static DefaultAzureCredential Credential() => new DefaultAzureCredential();

    private static bool IsConnectionString(string account) => account.Contains('=', StringComparison.Ordinal);

    private static Uri UriOf(string account, string service) => new($"https://{account}.{service}.core.windows.net");

    private static BlobServiceClient BlobsOf(string account) =>
        IsConnectionString(account) ? new BlobServiceClient(account) : new BlobServiceClient(UriOf(account, "blob"), Credential());

    private static TableServiceClient TablesOf(string account) =>
        IsConnectionString(account) ? new TableServiceClient(account) : new TableServiceClient(UriOf(account, "table"), Credential());

    private static QueueServiceClient QueuesOf(string account) =>
        IsConnectionString(account) ? new QueueServiceClient(account) : new QueueServiceClient(UriOf(account, "queue"), Credential());

    private static CosmosOptions CosmosOptionsOf(string text) => IsConnectionString(text)
        ? new CosmosOptions { ConnectionString = text, LimitToEndpoint = true }
        : new CosmosOptions { Endpoint = text };

    private static DateTimeOffset? TimeOf(string? text) => DateTimeOffset.TryParse(
        text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time)
            ? time
            : null;
}
