using System.Net;
using System.Net.Http.Headers;
using System.Text;
using ServerlessScale.Local.Lab.Experiments;
using ServerlessScale.Measurement;

namespace ServerlessScale.Local.Lab.Topics;

/// <summary>Sends requests whose handling the edge decides before an instance sees them.</summary>
internal sealed class EdgeLogicExperiment : IExperiment
{
    private const string Statuses = "api/order-statuses";

    public ExperimentDescription Description { get; } = new()
    {
        Name = "edge-logic",
        Title = "What the edge decides before an instance sees the request",
        Why = "Decisions that need no state can be made near the client. A refused request then costs no instance any time, and the answer comes sooner.",
        Expects = "A write without a token reaches no instance, the language follows the client or its country, and about one client in five gets bucket B.",
        Code = "infra/edge-rules.json",
        FileName = "EdgeLogicExperiment.cs",
        Seconds = 10,
        Columns =
        [
            ResultColumn.Text("request"), ResultColumn.Text("decision"), ResultColumn.Count("status"), ResultColumn.Count("reached an instance"),
        ],
        Options = [ExperimentOption.Number("clients", "Clients of the A/B experiment", 200, 20, 2_000)],
    };

    public async Task<Conclusion> RunAsync(ExperimentContext context, CancellationToken cancellationToken)
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false, UseCookies = false }) { BaseAddress = context.Cloud.BaseAddress };
        var isRefused = await WriteWithoutTokenAsync(context, http, cancellationToken);
        context.Say(0.2, "Reading the labels of the order statuses in several languages.");
        var spanish = await LanguageAsync(context, http, "es", country: null, cancellationToken);
        var austrian = await LanguageAsync(context, http, acceptLanguage: null, "AT", cancellationToken);
        var both = await LanguageAsync(context, http, "es", "AT", cancellationToken);
        context.Say(0.4, "Letting new clients draw a bucket.");
        var (clients, inB, stayed) = await BucketsAsync(context, http, cancellationToken);
        var share = 100.0 * inB / clients;
        var languages = spanish == "es" && austrian == "de" && both == "es";
        return new(
            isRefused && languages && share is > 5 and < 45 && stayed,
            $"The write without a token {(isRefused ? "reached no instance" : "was not refused by the edge")}. The language was {spanish} for a client that "
            + $"prefers Spanish, {austrian} for a client in Austria, and {both} for one with both. {inB} of {clients} clients ({share:0} %) got bucket B, and "
            + $"all clients {(stayed ? "stayed" : "did not stay")} in their bucket.");
    }

    private static async Task<bool> WriteWithoutTokenAsync(ExperimentContext context, HttpClient http, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "api/orders") { Content = new StringContent("{}", Encoding.UTF8, "application/json") };
        using var response = await http.SendAsync(request, cancellationToken);
        var reached = HasReachedInstance(response);
        context.AddRow("POST /api/orders without a token", "refused by the firewall", (int)response.StatusCode, reached ? 1 : 0);
        return response.StatusCode == HttpStatusCode.Forbidden && !reached;
    }

    /// <returns>The value of Content-Language.</returns>
    private static async Task<string?> LanguageAsync(
        ExperimentContext context, HttpClient http, string? acceptLanguage, string? country, CancellationToken cancellationToken)
    {
        context.Interventions.SetCountry(country ?? "ZZ");
        using var response = await context.Failed.SendUntilExpectedAsync(
            http,
            $"GET {Statuses}",
            () =>
            {
                var request = new HttpRequestMessage(HttpMethod.Get, Statuses);
                if (acceptLanguage is not null)
                {
                    request.Headers.AcceptLanguage.Add(new StringWithQualityHeaderValue(acceptLanguage));
                }

                return request;
            },
            cancellationToken,
            HttpStatusCode.OK);
        var language = response.Content.Headers.ContentLanguage.FirstOrDefault();
        context.AddRow(
            $"GET /{Statuses}{(acceptLanguage is null ? "" : $" with Accept-Language: {acceptLanguage}")}{(country is null ? "" : $" from {country}")}",
            $"language {language}", (int)response.StatusCode, HasReachedInstance(response) ? 1 : 0);
        return language;
    }

    /// <summary>Returns whether the edge has forwarded the request, which it reports in <c>Cache-Status</c> (RFC 9211).</summary>
    private static bool HasReachedInstance(HttpResponseMessage response) =>
        response.Headers.TryGetValues("Cache-Status", out var statuses) && statuses.Any(status => status.Contains("fwd=", StringComparison.Ordinal));

    /// <summary>Each request uses a new connection, because the edge draws the bucket from the client's port.</summary>
    private static async Task<(int Clients, int InB, bool Stayed)> BucketsAsync(ExperimentContext context, HttpClient http, CancellationToken cancellationToken)
    {
        var (clients, inB) = (0, 0);
        var stayed = true;
        for (var i = 0; i < context.Options.Number("clients"); i++)
        {
            using var response = await SendAsync(cookie: null);
            if (Bucket(response) is not { } bucket)
            {
                continue;
            }

            clients++;
            inB += bucket == "b" ? 1 : 0;
            if (i % 20 == 0 && response!.Headers.TryGetValues("Set-Cookie", out var cookies))
            {
                using var again = await SendAsync(cookies.First(cookie => cookie.StartsWith("bucket=", StringComparison.Ordinal)).Split(';')[0]);
                stayed &= again is null || Bucket(again) == bucket;
            }
        }

        if (clients == 0)
        {
            throw new CommandException("No client got a bucket.");
        }

        context.AddRow("GET /api/health/live of new clients", $"bucket A for {clients - inB}, bucket B for {inB}", 200, clients);
        return (clients, inB, stayed);

        async Task<HttpResponseMessage?> SendAsync(string? cookie)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "api/health/live");
            request.Headers.ConnectionClose = true;
            if (cookie is not null)
            {
                request.Headers.Add("Cookie", cookie);
            }

            return await context.Failed.SendAsync(http, "GET api/health/live", request, cancellationToken, HttpStatusCode.OK);
        }

        static string? Bucket(HttpResponseMessage? response) =>
            response is not null && response.Headers.TryGetValues("X-Bucket", out var values) ? values.First() : null;
    }
}
