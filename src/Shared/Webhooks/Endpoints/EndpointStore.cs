using System.Runtime.CompilerServices;
using System.Text.Json;
using Azure;
using Azure.Data.Tables;
using ServerlessScale.Shared.Storage;

namespace ServerlessScale.Shared.Webhooks.Endpoints;

/// <summary>
/// The <c>WebhookEndpoints</c> table. Each customer has a partition. It contains one row per endpoint, which also stores the endpoint's
/// health, and one row that counts the customer's endpoints. The transaction that creates an endpoint also updates the count, so that
/// concurrent requests cannot exceed the limit.
/// </summary>
public sealed class EndpointStore(TableServiceClient tables)
{
    private const string EndpointColumn = "Endpoint";
    private const string HealthColumn = "Health";
    private const string CountKey = "count";
    private const string CountColumn = "Count";
    private const int PageSize = 1000;

    private readonly Table _table = new(tables, "WebhookEndpoints");

    /// <returns>The endpoint; null when the customer has no such endpoint or has deleted it.</returns>
    public async Task<StoredEndpoint?> FindAsync(string customerId, EndpointId id, CancellationToken cancellationToken) =>
        await FindAnyAsync(customerId, id, cancellationToken) is { Endpoint.Status: not EndpointStatus.Deleted } stored ? stored : null;

    /// <returns>The endpoint, even if it is deleted; null when its row does not exist.</returns>
    internal async Task<StoredEndpoint?> FindAnyAsync(string customerId, EndpointId id, CancellationToken cancellationToken) =>
        await _table.FindAsync(CustomerKey.Of(customerId), id.Value, cancellationToken) is { } row ? Read(row) : null;

    /// <summary>Reads all endpoints of a customer, newest first. The number of endpoints per customer is limited.</summary>
    public async Task<IReadOnlyList<StoredEndpoint>> ListAsync(string customerId, CancellationToken cancellationToken)
    {
        var endpoints = new List<StoredEndpoint>();
        var pages = _table.PagesAsync(
            CustomerKey.Of(customerId), EndpointId.Prefix, EndpointId.End, further: null, PageSize, columns: null, cancellationToken);
        await foreach (var page in pages)
        {
            endpoints.AddRange(page.Values.Select(Read).Where(stored => stored.Endpoint.Status != EndpointStatus.Deleted));
        }

        return endpoints;
    }

    /// <returns>False when the customer already has <paramref name="most"/> endpoints.</returns>
    /// <exception cref="ContentionException">
    /// The transaction failed repeatedly, because other endpoints of the customer were added or deleted each time.
    /// </exception>
    public Task<bool> TryAddAsync(WebhookEndpoint endpoint, int most, CancellationToken cancellationToken)
    {
        var partition = CustomerKey.Of(endpoint.CustomerId);
        return OptimisticUpdate.RunAsync(
            () => _table.FindAsync(partition, CountKey, cancellationToken),
            async count =>
            {
                if (count?.GetInt32(CountColumn) >= most)
                {
                    return (Done: true, Result: false);
                }

                TableTransactionAction[] actions =
                [
                    new(TableTransactionActionType.Add, EndpointRow(endpoint, EndpointHealth.Good)),
                    count is null
                        ? new(TableTransactionActionType.Add, CountRow(partition, 1))
                        : new(TableTransactionActionType.UpdateReplace, CountRow(partition, count.GetInt32(CountColumn)!.Value + 1), count.ETag),
                ];
                // When the response to a commit is lost, the client library repeats the commit and reports a conflict with its own first
                // commit. The id is new, so a row with this id can only have been written by the first commit.
                var added = await _table.TryCommitAsync(actions, cancellationToken)
                    || await _table.FindAsync(partition, endpoint.Id, cancellationToken) is not null;
                return (Done: added, Result: true);
            },
            cancellationToken);
    }

    /// <summary>Writes the endpoint and leaves its health unchanged.</summary>
    /// <returns>False when the row has changed since <paramref name="read"/>. In that case nothing is written.</returns>
    public Task<bool> TryReplaceAsync(StoredEndpoint read, WebhookEndpoint changed, CancellationToken cancellationToken) =>
        _table.TryMergeAsync(Row(changed, EndpointColumn, Json(changed)), read.ETag, cancellationToken);

    /// <summary>Writes the endpoint and its health.</summary>
    /// <returns>False when the row has changed since <paramref name="read"/>. In that case nothing is written.</returns>
    public Task<bool> TryReplaceAsync(
        StoredEndpoint read, WebhookEndpoint changed, EndpointHealth health, CancellationToken cancellationToken) =>
        _table.TryMergeAsync(EndpointRow(changed, health), read.ETag, cancellationToken);

    /// <summary>Writes the health and leaves the endpoint unchanged.</summary>
    /// <returns>False when the row has changed since <paramref name="read"/>. In that case nothing is written.</returns>
    public Task<bool> TryWriteHealthAsync(StoredEndpoint read, EndpointHealth health, CancellationToken cancellationToken) =>
        _table.TryMergeAsync(Row(read.Endpoint, HealthColumn, Json(health)), read.ETag, cancellationToken);

    /// <summary>
    /// Marks an endpoint as deleted and removes its secrets. The row remains until the endpoint's deliveries are removed.
    /// </summary>
    /// <returns>False when the endpoint has changed since <paramref name="read"/>. In that case nothing is written.</returns>
    /// <exception cref="ContentionException">
    /// The transaction failed repeatedly, because other endpoints of the customer were added or deleted each time.
    /// </exception>
    public Task<bool> TryDeleteAsync(StoredEndpoint read, CancellationToken cancellationToken)
    {
        var partition = CustomerKey.Of(read.Endpoint.CustomerId);
        var gone = read.Endpoint with { Status = EndpointStatus.Deleted, Secrets = new EndpointSecrets("") };
        return OptimisticUpdate.RunAsync(
            async () => await _table.FindAsync(partition, CountKey, cancellationToken)
                ?? throw new InvalidDataException("The row that counts the customer's endpoints is missing."),
            async count =>
            {
                TableTransactionAction[] actions =
                [
                    new(TableTransactionActionType.UpdateMerge, Row(gone, EndpointColumn, Json(gone)), read.ETag),
                    new(TableTransactionActionType.UpdateReplace, CountRow(partition, count.GetInt32(CountColumn)!.Value - 1), count.ETag),
                ];
                if (await _table.TryCommitAsync(actions, cancellationToken))
                {
                    return (Done: true, Result: true);
                }

                // Either the endpoint or the count has changed. Another attempt can succeed only if the endpoint is unchanged.
                var current = await _table.FindAsync(partition, read.Endpoint.Id, cancellationToken);
                return (Done: current?.ETag != read.ETag, Result: false);
            },
            cancellationToken);
    }

    /// <summary>Reads the endpoints of all customers, including deleted endpoints.</summary>
    internal async IAsyncEnumerable<StoredEndpoint> AllAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var filter = TableClient.CreateQueryFilter($"RowKey gt {EndpointId.Prefix} and RowKey lt {EndpointId.End}");
        await foreach (var page in _table.PagesAsync(filter, PageSize, columns: null, cancellationToken))
        {
            foreach (var row in page.Values)
            {
                yield return Read(row);
            }
        }
    }

    /// <summary>Removes the row of a deleted endpoint.</summary>
    internal Task ForgetAsync(StoredEndpoint deleted, CancellationToken cancellationToken) =>
        _table.TryDeleteAsync([new(CustomerKey.Of(deleted.Endpoint.CustomerId), deleted.Endpoint.Id)], cancellationToken);

    private static TableEntity EndpointRow(WebhookEndpoint endpoint, EndpointHealth health)
    {
        var row = Row(endpoint, EndpointColumn, Json(endpoint));
        row[HealthColumn] = Json(health);
        return row;
    }

    private static TableEntity Row(WebhookEndpoint endpoint, string column, string json) =>
        new(CustomerKey.Of(endpoint.CustomerId), endpoint.Id) { [column] = json };

    private static TableEntity CountRow(string partition, int count) => new(partition, CountKey) { [CountColumn] = count };

    private static string Json(WebhookEndpoint endpoint) => JsonSerializer.Serialize(endpoint, WebhookJson.Default.WebhookEndpoint);

    private static string Json(EndpointHealth health) => JsonSerializer.Serialize(health, WebhookJson.Default.EndpointHealth);

    private static StoredEndpoint Read(TableEntity row) => new(
        JsonSerializer.Deserialize(row.GetString(EndpointColumn), WebhookJson.Default.WebhookEndpoint)
            ?? throw new InvalidDataException($"Endpoint {row.RowKey} cannot be read."),
        JsonSerializer.Deserialize(row.GetString(HealthColumn), WebhookJson.Default.EndpointHealth) ?? EndpointHealth.Good,
        row.ETag);
}

/// <summary>An endpoint as it was read from the store.</summary>
/// <param name="ETag">The ETag of the row, for conditional writes of the endpoint or its health.</param>
public sealed record StoredEndpoint(WebhookEndpoint Endpoint, EndpointHealth Health, ETag ETag)
{
    public EndpointId Id => EndpointId.TryParse(Endpoint.Id, out var id) ? id : throw new InvalidDataException($"{Endpoint.Id} is not an endpoint id.");
}
