using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using ServerlessScale.Local.Lab.Experiments;
using ServerlessScale.Measurement;
using ServerlessScale.Measurement.Statistics;
using ServerlessScale.StrictCosmos.Faults;

namespace ServerlessScale.Local.Lab.Topics;

/// <summary>
/// Places orders through one instance, and reads each one immediately through another instance, from replicas that lag. Reads with the
/// consistency token use a third instance, because an instance that has read a newer state never reads an older one afterwards.
/// </summary>
internal sealed class ReplicaLagExperiment : IExperiment
{
    private const int Instances = 3;
    private const string Token = "Consistency-Token";

    public ExperimentDescription Description { get; } = new()
    {
        Name = "replica-lag",
        Title = "Reads from replicas that lag behind",
        Why = "Many replicas can serve many reads, but a replica learns of a write a little later. A customer who has just placed an order must see it "
            + "nevertheless.",
        Expects = "With lagging replicas, some reads without the token do not find the new order, and all reads with the token find it.",
        Code = "src/Shared/Orders",
        FileName = "ReplicaLagExperiment.cs",
        Seconds = 30,
        Columns =
        [
            ResultColumn.Milliseconds("lag"), ResultColumn.Text("read"), ResultColumn.Count("orders"), ResultColumn.Count("not found"),
            new("not found", "%", 1), ResultColumn.Milliseconds("p50", 1),
        ],
        Options =
        [
            ExperimentOption.Number("lagMs", "Lag of the replicas", 50, 0, 1_000, "ms"),
            ExperimentOption.Number("orders", "Orders", 50, 5, 500),
        ],
    };

    public async Task<Conclusion> RunAsync(ExperimentContext context, CancellationToken cancellationToken)
    {
        context.Say(0.05, "Starting a shop that stores its orders in StrictCosmos, the stand-in for Cosmos DB.");
        var guest = await context.Interventions.StartGuestAsync(
            "shop with replicas",
            new()
            {
                Instances = Instances,
                Orders = LocalOrderBackend.Cosmos,
                Settings = new Dictionary<string, string> { ["Orders__CursorKey"] = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)) },
            },
            cancellationToken);
        var addresses = guest.Set!.Pools.SelectMany(pool => pool.All).Select(instance => instance.Host!.Address).ToList();
        using var writer = Shopper.Of(context, guest, addresses[0]);
        using var plainReader = Shopper.Of(context, guest, addresses[1]);
        using var tokenReader = Shopper.Of(context, guest, addresses[2]);
        var sku = await writer.AddProductAsync(context.Interventions, cancellationToken);
        context.Say(0.3, "Warming up.");
        await ReadBackAsync(context, writer, plainReader, sku, 5, withToken: false, cancellationToken);
        await ReadBackAsync(context, writer, tokenReader, sku, 5, withToken: true, cancellationToken);
        var (orders, chosen) = (context.Options.Number("orders"), context.Options.Number("lagMs"));
        var (missedPlain, missedWithToken) = (0, 0);
        int[] lags = chosen == 0 ? [0] : [0, chosen];
        foreach (var (index, lag) in lags.Index())
        {
            guest.Cosmos!.Replication.Lag = ReplicaLag.OfTime(TimeSpan.FromMilliseconds(lag));
            foreach (var withToken in (bool[])[false, true])
            {
                context.Say(
                    0.4 + (0.3 * index) + (withToken ? 0.15 : 0),
                    $"Placing {orders} orders and reading them {(withToken ? "with" : "without")} the token, with replicas {lag} ms behind.");
                var missed = await ReadBackAsync(
                    context, writer, withToken ? tokenReader : plainReader, sku, orders, withToken, cancellationToken, lag);
                (missedPlain, missedWithToken) = withToken ? (missedPlain, missedWithToken + missed) : (missed, missedWithToken);
            }
        }

        return new(
            missedWithToken == 0 && (missedPlain > 0 || chosen < 10),
            $"With replicas {chosen} ms behind, {missedPlain} of {orders} reads without the token did not find the new order, and {missedWithToken} of the "
            + "reads with the token.");
    }

    /// <returns>The number of orders that the reads did not find.</returns>
    private static async Task<int> ReadBackAsync(
        ExperimentContext context, Shopper writer, Shopper reader, string sku, int orders, bool withToken, CancellationToken cancellationToken,
        int? lag = null)
    {
        var (missed, times) = (0, new List<double>());
        for (var i = 0; i < orders; i++)
        {
            using var placed = await PlaceAsync(context, writer, sku, cancellationToken);
            if (placed is null)
            {
                continue;
            }

            var id = (string)(await Shopper.JsonAsync(placed, cancellationToken))["id"]!;
            using var request = new HttpRequestMessage(HttpMethod.Get, $"api/orders/{id}");
            if (withToken)
            {
                request.Headers.Add(Token, placed.Headers.GetValues(Token));
            }

            var started = Stopwatch.GetTimestamp();
            using var read = await context.Failed.SendAsync(
                reader.Http, "GET api/orders/{id}", request, cancellationToken, HttpStatusCode.OK, HttpStatusCode.NotFound);
            if (read is not null)
            {
                times.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
                missed += read.StatusCode == HttpStatusCode.NotFound ? 1 : 0;
            }
        }

        if (times.Count == 0)
        {
            throw new CommandException("No order could be placed and read.");
        }

        if (lag is { } milliseconds)
        {
            context.AddRow(
                milliseconds, withToken ? "with the token" : "without the token", times.Count, missed, 100.0 * missed / times.Count, Percentile.Median(times));
        }

        return missed;
    }

    private static async Task<HttpResponseMessage?> PlaceAsync(ExperimentContext context, Shopper writer, string sku, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "api/orders")
        {
            Content = JsonContent.Create(new JsonObject { ["lines"] = new JsonArray(new JsonObject { ["sku"] = sku, ["quantity"] = 1 }) }),
            Headers = { { "Idempotency-Key", Guid.NewGuid().ToString("N") } },
        };
        return await context.Failed.SendAsync(writer.Http, "POST api/orders", request, cancellationToken, HttpStatusCode.Created);
    }
}
