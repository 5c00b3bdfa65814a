using System.Globalization;
using System.Net;
using System.Text;
using ServerlessScale.Local.Lab.Experiments;
using ServerlessScale.Measurement;

namespace ServerlessScale.Local.Lab.Topics;

/// <summary>Fills a cart, kills the instance that served it, and reads the cart.</summary>
internal sealed class StatelessnessExperiment : IExperiment
{
    private const int Quantity = 2;

    public ExperimentDescription Description { get; } = new()
    {
        Name = "statelessness",
        Title = "A cart outlives the instance that served it",
        Why = "An instance may disappear at any moment, because its machine fails or because fewer instances are needed. If the cart were in the "
            + "memory of the instance, the customer would lose it.",
        Expects = "After SIGKILL of the instance that stored the cart, another instance returns the same cart.",
        Code = "src/Shared/Cart",
        FileName = "StatelessnessExperiment.cs",
        Seconds = 10,
        Columns =
        [
            ResultColumn.Text("step"), ResultColumn.Text("instance"), ResultColumn.Count("status"), ResultColumn.Count("lines"),
            ResultColumn.Count("total"), ResultColumn.Milliseconds("latency"),
        ],
    };

    public async Task<Conclusion> RunAsync(ExperimentContext context, CancellationToken cancellationToken)
    {
        var cloud = context.Cloud;
        using var shopper = Shopper.Of(context);
        context.Say(0.1, "Starting instances, so that another one can take over.");
        foreach (var app in AppsWithCarts(cloud))
        {
            await context.Interventions.HoldInstancesAsync(app, 2, cancellationToken);
        }

        var skus = new List<string>();
        for (var i = 0; i < 3; i++)
        {
            skus.Add(await shopper.AddProductAsync(context.Interventions, cancellationToken));
        }

        context.Say(0.4, "Filling a cart.");
        string? cookie = null;
        var filled = default(Reading);
        foreach (var sku in skus)
        {
            filled = await SendAsync(context, shopper, HttpMethod.Put, $"api/cart/lines/{sku}", cookie, cancellationToken);
            cookie ??= filled.Cookie;
            AddRow(context, $"put line {skus.IndexOf(sku) + 1}", filled);
        }

        if (filled.Instance is not { } server || cookie is null)
        {
            throw new CommandException("The response does not name the instance that sent it.");
        }

        context.Say(0.6, $"Killing {server} with SIGKILL.");
        if (!await cloud.KillInstanceAsync(server))
        {
            throw new CommandException($"{server} is not running any more.");
        }

        context.AddRow("SIGKILL", server);
        context.Say(0.8, "Reading the cart.");
        var read = await SendAsync(context, shopper, HttpMethod.Get, "api/cart", cookie, cancellationToken);
        AddRow(context, "read the cart", read);
        var same = read.Lines == skus.Count && read.Total == filled.Total && read.Instance is not null && read.Instance != server;
        return new(same, same
            ? $"{server} was killed, and {read.Instance} returned the same cart with {read.Lines} lines {read.Milliseconds:0} ms after it was asked."
            : $"{server} was killed. {read.Instance ?? "An unknown instance"} returned {read.Lines} of {skus.Count} lines.");
    }

    private static IEnumerable<string> AppsWithCarts(LocalCloud cloud) =>
        cloud.Apps.Count == 1 ? cloud.Apps : cloud.Apps.Where(app => app == "cart");

    private static void AddRow(ExperimentContext context, string step, Reading reading) =>
        context.AddRow(step, reading.Instance, (int)reading.Status, reading.Lines, reading.Total, reading.Milliseconds);

    /// <summary>Sends a request until it succeeds. The customer's browser would repeat it as well.</summary>
    private static async Task<Reading> SendAsync(
        ExperimentContext context, Shopper shopper, HttpMethod method, string path, string? cookie, CancellationToken cancellationToken)
    {
        var started = DateTimeOffset.UtcNow;
        using var response = await context.Failed.SendUntilExpectedAsync(
            shopper.Http, $"{method} {path[..Math.Min(path.Length, 14)]}", Create, cancellationToken, HttpStatusCode.OK);
        var cart = await Shopper.JsonAsync(response, cancellationToken);
        return new(
            response.StatusCode, Shopper.InstanceOf(response), cart["lines"]?.AsArray().Count ?? 0, (long?)cart["total"] ?? 0,
            (DateTimeOffset.UtcNow - started).TotalMilliseconds,
            response.Headers.TryGetValues("Set-Cookie", out var cookies) ? cookies.First().Split(';')[0] : null);

        HttpRequestMessage Create()
        {
            var request = new HttpRequestMessage(method, path);
            if (cookie is not null)
            {
                request.Headers.Add("Cookie", cookie);
            }

            if (method == HttpMethod.Put)
            {
                request.Content = new StringContent(
                    string.Create(CultureInfo.InvariantCulture, $$"""{"quantity":{{Quantity}}}"""), Encoding.UTF8, "application/json");
            }

            return request;
        }
    }

    private readonly record struct Reading(HttpStatusCode Status, string? Instance, int Lines, long Total, double Milliseconds, string? Cookie);
}
