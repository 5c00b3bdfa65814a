using System.Diagnostics;
using System.Globalization;
using System.Net;
using ServerlessScale.Measurement;

namespace ServerlessScale.Local.Lab.Load;

/// <summary>
/// Sends simulated work at random times with the rate of a scenario. The latency of a request is measured from the time at which the request
/// was due, so that it includes any delay caused by slow responses to earlier requests.
/// </summary>
internal static class WorkLoad
{
    /// <param name="http">The client, whose base address is that of the edge.</param>
    /// <param name="path">The path of the simulated work, without a query string.</param>
    /// <param name="scenario">The rate, and the share of expensive requests.</param>
    /// <param name="duration">The length of the load.</param>
    /// <param name="seed">
    /// The seed for the random number generator. All policies in a round use the same seed, so that they receive the same requests at the
    /// same times.
    /// </param>
    /// <param name="failed">Counts the failed requests.</param>
    /// <param name="cancellationToken">Stops the load.</param>
    /// <returns>The responses to the requests that succeeded.</returns>
    public static async Task<Response[]> RunAsync(
        HttpClient http, string path, Scenario scenario, TimeSpan duration, int seed, FailedRequests failed, CancellationToken cancellationToken)
    {
        var random = new Random(seed);
        var clock = Stopwatch.StartNew();
        var responses = await OpenLoad.SendAsync(
            OpenLoad.AtRandom(random, scenario.Rate, duration),
            clock,
            due => SendAsync(random.NextDouble() < scenario.ExpensiveShare ? Scenario.ExpensiveWork : Scenario.CheapWork, due),
            cancellationToken);
        return [.. responses.OfType<Response>()];

        async Task<Response?> SendAsync(TimeSpan work, TimeSpan dueAt)
        {
            var milliseconds = work.TotalMilliseconds.ToString(CultureInfo.InvariantCulture);
            using var request = new HttpRequestMessage(HttpMethod.Get, $"{path}?ms={milliseconds}");
            using var response = await failed.SendAsync(http, $"GET {path}", request, cancellationToken, HttpStatusCode.OK);
            return response is null ? null : new((clock.Elapsed - dueAt).TotalMilliseconds, work == Scenario.ExpensiveWork);
        }
    }
}
