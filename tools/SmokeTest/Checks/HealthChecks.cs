using System.Globalization;
using System.Text.Json.Nodes;
using ServerlessScale.SmokeTest.Results;

namespace ServerlessScale.SmokeTest.Checks;

/// <summary>Checks that the app responds, that its services respond, and that it reports its cold starts.</summary>
internal static class HealthChecks
{
    private const string Cold = "true";

    public static async Task<CheckOutcome> LiveAsync(TestSession session, CancellationToken cancellationToken)
    {
        session.First = (await session.Shop.GetAsync("api/health/live", cancellationToken)).Expect(200);
        return CheckOutcome.Ok(session.First.Member<string>("status"));
    }

    public static async Task<CheckOutcome> ReadyAsync(TestSession session, CancellationToken cancellationToken)
    {
        var response = await session.Shop.GetAsync("api/health/ready", cancellationToken);
        if (response.Status == 503 && response.Code is null)
        {
            var down = response.Member<JsonArray>("checks").Where(check => check!["status"]?.ToString() != "healthy");
            throw new CheckFailedException(
                "A service is down",
                $"{response.Request} responded with 503: {string.Join(", ", down.Select(check => $"{check!["name"]} {check["error"] ?? check["status"]}"))}.");
        }

        return CheckOutcome.Ok(string.Join(", ", response.Expect(200).Member<JsonArray>("checks").Select(check => $"{check!["name"]} {check["latencyMs"]} ms")));
    }

    /// <summary>
    /// Reads the headers of the run's first response, which is the response most likely to come from a new instance. If it does, the report
    /// must contain a cold start.
    /// </summary>
    public static async Task<CheckOutcome> ColdStartAsync(TestSession session, CancellationToken cancellationToken)
    {
        if (session.First is not { } first)
        {
            return CheckOutcome.Skipped("The shop did not respond.");
        }

        var cold = first.RequireHeader("X-Cold-Start") == Cold;
        var instance = first.RequireHeader("X-Instance-Id");
        first.RequireHeader("Server-Timing");

        // The records of an instance appear in the report up to two seconds later.
        var report = await session.UntilAsync(
            async () =>
            {
                var response = (await session.Shop.SendAsync(HttpMethod.Get, "api/cold-starts", cancellationToken)).Expect(200);
                return response.Member<long>("invocations") > 0 && response.Member<long>("coldStarts") >= (cold ? 1 : 0) ? response : null;
            },
            session.Options.Limit,
            () => $"GET /api/cold-starts does not report {(cold ? "the cold start" : "an invocation")} of the instance {instance}.",
            cancellationToken);
        return CheckOutcome.Ok(string.Create(
            CultureInfo.InvariantCulture,
            $"first response from {(cold ? "a cold" : "a warm")} instance ({instance}); last 24 h: {report.Member<long>("invocations")} invocations, "
            + $"{report.Member<long>("coldStarts")} cold"));
    }
}
