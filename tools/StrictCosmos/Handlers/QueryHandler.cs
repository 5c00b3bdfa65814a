using System.Text;
using Microsoft.AspNetCore.Http;
using ServerlessScale.StrictCosmos.Query;
using ServerlessScale.StrictCosmos.Rules;
using ServerlessScale.StrictCosmos.Storage;
using ServerlessScale.StrictCosmos.Wire;

namespace ServerlessScale.StrictCosmos.Handlers;

/// <summary>
/// Handles requests for query plans, and queries that read one physical partition. If a query covers several partitions, the SDK sends a
/// request for each partition and merges the results.
/// </summary>
internal static class QueryHandler
{
    /// <exception cref="RefusedException">The service would reject the request. The exception contains the status.</exception>
    public static GatewayResponse Handle(GatewayRequest request, Container container)
    {
        var query = QueryRequest.Parse(request.Body);
        if (query.Query.OrderBy.Count > 0 && container.Indexing.WhyNotServed(query.Query.OrderBy) is { } reason)
        {
            throw RefusedException.BadRequest(reason);
        }
        if (request.IsSet(CosmosHeaders.IsQueryPlan))
        {
            return new GatewayResponse
            {
                Status = StatusCodes.Status200OK,
                Body = QueryPlan.Describe(query.Query),
                Charge = RequestCharge.QueryPlan,
                Container = container,
            };
        }
        var (partition, range) = Target(request, container);
        var pageSize = request.PageSize;
        partition.Admit();
        var (items, lsn) = partition.Scan(range, request.RequirementOf(partition));
        var page = new QueryExecution(query).Run(items, request.Header(CosmosHeaders.Continuation), pageSize);
        var charge = RequestCharge.Query(page.Documents.Count, page.LoadedBytes);
        partition.Spend(charge);
        return new GatewayResponse
        {
            Status = StatusCodes.Status200OK,
            Body = Write(page, container),
            Charge = charge,
            Partition = partition,
            Lsn = lsn,
            Container = container,
            ItemCount = page.Documents.Count,
            Continuation = page.Continuation?.ToString(),
            IsPageOfQuery = true,
        };
    }

    private static (PhysicalPartition Partition, KeyRange Range) Target(GatewayRequest request, Container container)
    {
        if (request.Header(CosmosHeaders.PartitionKey) is { } header)
        {
            var key = container.PartitionKey.KeyOf(header);
            return (container.PartitionOf(key), KeyRange.Of(key));
        }
        if (request.Header(CosmosHeaders.PartitionKeyRangeId) is { } identity)
        {
            // The container's resource id and a comma can precede the range id.
            var partition = container.PartitionById(identity[(identity.LastIndexOf(',') + 1)..]);
            var range = new KeyRange(
                request.Header(CosmosHeaders.StartOfKeys) ?? partition.Range.From,
                request.Header(CosmosHeaders.EndOfKeys) ?? partition.Range.To);
            return (partition, range);
        }
        return container.Partitions.Count == 1
            ? (container.Partitions[0], container.Partitions[0].Range)
            : throw RefusedException.BadRequest("The request must have a partition key or a partition key range, because the container has several partitions.");
    }

    private static byte[] Write(QueryPage page, Container container)
    {
        using var body = new MemoryStream();
        body.Write(Encoding.UTF8.GetBytes($"{{\"_rid\":\"{container.Identity.ResourceId}\",\"Documents\":["));
        for (var index = 0; index < page.Documents.Count; index++)
        {
            if (index > 0)
            {
                body.WriteByte((byte)',');
            }
            body.Write(page.Documents[index].Span);
        }
        body.Write(Encoding.UTF8.GetBytes($"],\"_count\":{page.Documents.Count}}}"));
        return body.ToArray();
    }
}
