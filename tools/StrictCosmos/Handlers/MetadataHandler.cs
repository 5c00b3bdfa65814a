using System.Text.Json;
using Microsoft.AspNetCore.Http;
using ServerlessScale.StrictCosmos.Faults;
using ServerlessScale.StrictCosmos.Rules;
using ServerlessScale.StrictCosmos.Storage;
using ServerlessScale.StrictCosmos.Wire;

namespace ServerlessScale.StrictCosmos.Handlers;

/// <summary>Handles requests for the account, databases, containers and partition key ranges.</summary>
internal sealed class MetadataHandler(Account account, Regions regions, Replication replication, StrictCosmosOptions options)
{
    /// <exception cref="RefusedException">The service would reject the request. The exception contains the status.</exception>
    public GatewayResponse Handle(GatewayRequest request) => (request.Path.ResourceType, request.Path.IsFeed, request.Method) switch
    {
        ("", _, "GET") => new GatewayResponse { Status = StatusCodes.Status200OK, Body = AccountDocument.Describe(regions) },
        ("dbs", true, "POST") => CreateDatabase(request),
        ("dbs", false, "GET") => Describe(Database(request)),
        ("dbs", false, "DELETE") => DeleteDatabase(request),
        ("colls", true, "POST") => CreateContainer(request),
        ("colls", false, "GET") => Describe(Container(request), StatusCodes.Status200OK),
        ("colls", false, "DELETE") => DeleteContainer(request),
        ("pkranges", true, "GET") => PartitionKeyRanges(request),
        _ => throw new RefusedException(
            StatusCodes.Status405MethodNotAllowed, $"StrictCosmos does not support {request.Method} on '{request.Path.ResourceType}'."),
    };

    private Database Database(GatewayRequest request) => account.Find(request.Path.DatabaseId!);

    private Container Container(GatewayRequest request) => Database(request).Find(request.Path.ContainerId!);

    private GatewayResponse CreateDatabase(GatewayRequest request)
    {
        var database = account.Create(Definition(request), request.Throughput);
        return Describe(database) with { Status = StatusCodes.Status201Created };
    }

    private GatewayResponse DeleteDatabase(GatewayRequest request)
    {
        account.Delete(Database(request));
        return Deleted();
    }

    private GatewayResponse CreateContainer(GatewayRequest request)
    {
        var container = Database(request).Create(
            Definition(request), options.PhysicalPartitions, options.RequestUnitsPerSecond ?? request.Throughput, replication, options.Time);
        return Describe(container, StatusCodes.Status201Created);
    }

    private GatewayResponse DeleteContainer(GatewayRequest request)
    {
        var container = Container(request);
        Database(request).Delete(container);
        return Deleted() with { Container = container };
    }

    /// <summary>
    /// Returns the partition key ranges. The SDK reads them as a change feed. It repeats the request with the returned ETag until it
    /// receives a 304.
    /// </summary>
    private GatewayResponse PartitionKeyRanges(GatewayRequest request)
    {
        var container = Container(request);
        var known = request.IfNoneMatch == container.ETag;
        return new GatewayResponse
        {
            Status = known ? StatusCodes.Status304NotModified : StatusCodes.Status200OK,
            Body = known ? default : PartitionKeyRangeFeed.Describe(container),
            ETag = container.ETag,
            Charge = RequestCharge.Metadata,
            ItemCount = known ? 0 : container.Partitions.Count,
        };
    }

    private static GatewayResponse Describe(Database database) => new()
    {
        Status = StatusCodes.Status200OK,
        Body = database.Json,
        ETag = database.ETag,
        Charge = RequestCharge.Metadata,
    };

    private static GatewayResponse Describe(Container container, int status) => new()
    {
        Status = status,
        Body = container.Json,
        ETag = container.ETag,
        Charge = RequestCharge.Metadata,
        Container = container,
    };

    private static GatewayResponse Deleted() => new() { Status = StatusCodes.Status204NoContent, Charge = RequestCharge.Metadata };

    private static JsonElement Definition(GatewayRequest request) => StrictJson.Parse(request.Body, "The definition");
}
