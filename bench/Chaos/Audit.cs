using System.Net.Http.Json;
using System.Text.Json;
using Azure.Storage.Blobs;
using Azure.Storage.Queues;
using ServerlessScale.Local;

namespace ServerlessScale.Bench.Chaos;

/// <summary>Compares what the shop has acknowledged with what the shop, its storage and the receiver of its webhooks have.</summary>
internal sealed class Audit(LocalCloud cloud, Ledger ledger, EventReceiver receiver, IReadOnlyList<string> customers)
{
    private static readonly string[] Statuses = ["placed", "paid", "shipped"];

    /// <summary>
    /// Waits until every image has a final status, every event has arrived and the queues are empty, but not longer than the limit. The
    /// findings contain what is then still missing.
    /// </summary>
    public async Task SettleAsync(TimeSpan limit, CancellationToken cancellationToken)
    {
        var until = DateTime.UtcNow + limit;
        while (DateTime.UtcNow < until)
        {
            if (MissingEvents().Count == 0 && (await MessagesAsync(cancellationToken)).Sum(queue => queue.Count) == 0
                && (await ImagesAsync(cancellationToken)).All(image => image.Status is "ready" or "failed"))
            {
                return;
            }

            await Task.Delay(TimeSpan.FromSeconds(1), cancellationToken);
        }
    }

    /// <returns>The violations, by kind.</returns>
    public async Task<ChaosFindings> FindAsync(CancellationToken cancellationToken)
    {
        var lost = new List<string>(MissingEvents());
        var doubled = new List<string>();
        var orphans = new List<string>();
        var failed = 0;
        foreach (var (id, status, reason) in await ImagesAsync(cancellationToken))
        {
            failed += status == "failed" ? 1 : 0;
            if (status is not "ready" && (status is not "failed" || reason is null))
            {
                lost.Add($"image {id} is {status}");
            }
        }

        foreach (var customer in customers)
        {
            var acknowledged = ledger.Orders.Where(order => order.Customer == customer).ToDictionary(order => order.Id);
            var stored = await OrdersAsync(customer, cancellationToken);
            lost.AddRange(acknowledged.Keys.Except(stored.Keys).Select(id => $"order {id}"));
            doubled.AddRange(stored.Keys.Except(acknowledged.Keys).Select(id => $"order {id} of {customer} was never acknowledged"));
            foreach (var (id, order) in acknowledged)
            {
                if (stored.TryGetValue(id, out var found) && (found.Total != order.Total || found.Status != order.Statuses[^1]))
                {
                    lost.Add($"order {id} is {found} instead of {order.Total} {order.Statuses[^1]}");
                }
            }
        }

        orphans.AddRange((await MessagesAsync(cancellationToken)).Where(queue => queue.Count > 0).Select(queue => $"{queue.Count} messages in {queue.Name}"));
        orphans.AddRange(await OrphanBlobsAsync(cancellationToken));
        return new ChaosFindings(lost, doubled, OutOfOrder(), orphans, failed);
    }

    private List<string> MissingEvents()
    {
        var missing = new List<string>();
        foreach (var customer in customers)
        {
            var events = receiver.EventsOf(customer);
            var orders = events.Where(received => received.Type is "order.created" or "order.updated").Select(received => (received.Resource, received.Status)).ToHashSet();
            var images = events.Where(received => received.Type is "image.ready" or "image.failed").Select(received => received.Resource).ToHashSet();
            missing.AddRange(
                from order in ledger.Orders
                where order.Customer == customer
                from status in order.Statuses
                where !orders.Contains((order.Id, status))
                select $"event of order {order.Id}, {status}");
            missing.AddRange(ledger.Images.Where(image => image.Customer == customer && !images.Contains(image.Id)).Select(image => $"event of image {image.Id}"));
        }

        return missing;
    }

    /// <summary>Returns the orders whose events arrived in another order than their statuses. The endpoints are ordered.</summary>
    private List<string> OutOfOrder() =>
    [
        .. from customer in customers
           from order in receiver.EventsOf(customer).Where(received => received.Status is not null && Statuses.Contains(received.Status)).GroupBy(received => received.Resource)
           let received = order.Select(one => Array.IndexOf(Statuses, one.Status)).ToArray()
           where !received.SequenceEqual(received.Order())
           select $"order {order.Key}: {string.Join(", ", order.Select(one => one.Status))}",
    ];

    private async Task<IReadOnlyList<(string Id, string Status, string? Reason)>> ImagesAsync(CancellationToken cancellationToken)
    {
        using var client = cloud.CreateClient();
        var images = new List<(string, string, string?)>();
        foreach (var (id, _) in ledger.Images)
        {
            using var response = await client.GetAsync($"api/images/{id}", cancellationToken);
            var body = response.IsSuccessStatusCode ? await response.Content.ReadFromJsonAsync<JsonElement>(cancellationToken) : default;
            images.Add((
                id,
                response.IsSuccessStatusCode ? body.GetProperty("status").GetString()! : $"{(int)response.StatusCode}",
                response.IsSuccessStatusCode && body.TryGetProperty("error", out var error) && error.ValueKind == JsonValueKind.Object
                    ? error.GetProperty("code").GetString()
                    : null));
        }

        return images;
    }

    private async Task<Dictionary<string, (long Total, string Status)>> OrdersAsync(string customer, CancellationToken cancellationToken)
    {
        using var client = cloud.CreateClient(cloud.Token(customer, "orders.read"));
        var orders = new Dictionary<string, (long, string)>();
        for (var path = "api/orders?limit=50"; path is not null;)
        {
            var page = await client.GetFromJsonAsync<JsonElement>(path, cancellationToken);
            foreach (var order in page.GetProperty("orders").EnumerateArray())
            {
                orders.Add(order.GetProperty("id").GetString()!, (order.GetProperty("total").GetInt64(), order.GetProperty("status").GetString()!));
            }

            path = page.TryGetProperty("nextCursor", out var next) && next.GetString() is { } cursor ? $"api/orders?limit=50&cursor={Uri.EscapeDataString(cursor)}" : null;
        }

        return orders;
    }

    private async Task<IReadOnlyList<(string Name, int Count)>> MessagesAsync(CancellationToken cancellationToken)
    {
        var service = new QueueServiceClient(cloud.StorageConnectionString);
        var queues = new List<(string, int)>();
        await foreach (var queue in service.GetQueuesAsync(cancellationToken: cancellationToken))
        {
            queues.Add((queue.Name, (await service.GetQueueClient(queue.Name).GetPropertiesAsync(cancellationToken)).Value.ApproximateMessagesCount));
        }

        return queues;
    }

    /// <summary>Returns the blobs in the containers of images that belong to no acknowledged image.</summary>
    private async Task<IReadOnlyList<string>> OrphanBlobsAsync(CancellationToken cancellationToken)
    {
        var known = ledger.Images.Select(image => image.Id).ToHashSet();
        var service = new BlobServiceClient(cloud.StorageConnectionString);
        var orphans = new List<string>();
        foreach (var name in (string[])["uploads", "variants", "manifests"])
        {
            var container = service.GetBlobContainerClient(name);
            if (await container.ExistsAsync(cancellationToken))
            {
                await foreach (var blob in container.GetBlobsAsync(cancellationToken: cancellationToken))
                {
                    if (!known.Contains(blob.Name.Split('/', '.')[0]))
                    {
                        orphans.Add($"blob {name}/{blob.Name}");
                    }
                }
            }
        }

        return orphans;
    }
}

/// <param name="Lost">Acknowledged writes and their events that are missing or different.</param>
/// <param name="Doubled">Orders that exist, although no request for them was acknowledged.</param>
/// <param name="OutOfOrder">Orders whose events arrived in the wrong order.</param>
/// <param name="Orphans">Blobs that belong to no image, and messages that remain.</param>
/// <param name="FailedImages">Images that failed with a reason.</param>
internal sealed record ChaosFindings(
    IReadOnlyList<string> Lost, IReadOnlyList<string> Doubled, IReadOnlyList<string> OutOfOrder, IReadOnlyList<string> Orphans, int FailedImages);
