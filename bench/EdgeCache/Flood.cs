using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;

namespace ServerlessScale.Bench.EdgeCache;

/// <summary>A flood of requests, each for another path, to an edge with its own origin.</summary>
/// <param name="Name">The name in the table.</param>
/// <param name="Status">The status of the origin's responses.</param>
/// <param name="CacheControl">The value of <c>Cache-Control</c> in the origin's responses.</param>
/// <param name="PathLength">The number of characters in each path.</param>
/// <param name="BodyLength">The length of the origin's bodies in bytes.</param>
internal sealed record Flood(string Name, int Status, string CacheControl, int PathLength, int BodyLength)
{
    private const int ConcurrentRequests = 32;

    /// <returns>The live managed memory before and after the flood, in bytes.</returns>
    public async Task<(long Before, long After)> RunAsync(int requests, CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        await using var origin = builder.Build();
        var body = new byte[BodyLength];
        origin.Run(context =>
        {
            context.Response.StatusCode = Status;
            context.Response.Headers.CacheControl = CacheControl;
            return context.Response.Body.WriteAsync(body, context.RequestAborted).AsTask();
        });
        await origin.StartAsync(cancellationToken);
        await using var edge = await LoneEdge.StartAsync(new(origin.Urls.Single()), 0, cancellationToken);
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = edge.Address };

        // The first requests load the code, which would otherwise count as memory of the flood.
        await SendAsync(client, 0, 1_000, cancellationToken);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        await SendAsync(client, 1_000, requests, cancellationToken);
        return (before, GC.GetTotalMemory(forceFullCollection: true));
    }

    private Task SendAsync(HttpClient client, int first, int count, CancellationToken cancellationToken) => Parallel.ForEachAsync(
        Enumerable.Range(first, count),
        new ParallelOptions { MaxDegreeOfParallelism = ConcurrentRequests, CancellationToken = cancellationToken },
        async (number, cancelled) =>
        {
            using var response = await client.GetAsync(
                new Uri($"/{number.ToString(CultureInfo.InvariantCulture).PadLeft(PathLength - 1, 'p')}", UriKind.Relative), cancelled);
        });
}
