using System.Diagnostics;
using System.Globalization;
using System.Net;

namespace ServerlessScale.Bench.Balancing;

/// <summary>
/// Sends requests at random times with a given mean rate (a Poisson process), like many independent clients. A request does not wait for
/// the responses to earlier requests. Its latency is measured from the time at which it was due, so that the latency includes any delay
/// caused by slow responses to earlier requests.
/// </summary>
internal static class Load
{
    /// <param name="seed">
    /// The seed for the random number generator. All policies in a round use the same seed, so that they receive the same requests at the
    /// same times.
    /// </param>
    /// <returns>The responses to the requests that succeeded.</returns>
    public static async Task<Response[]> RunAsync(
        HttpClient http, Scenario scenario, TimeSpan duration, int seed, FailedRequests failed, CancellationToken cancellationToken)
    {
        var random = new Random(seed);
        var requests = new List<Task<Response?>>();
        var clock = Stopwatch.StartNew();
        var due = TimeSpan.Zero;
        while (true)
        {
            due += TimeSpan.FromSeconds(-Math.Log(1 - random.NextDouble()) / scenario.Rate);
            if (due > duration)
            {
                break;
            }

            var work = random.NextDouble() < scenario.ExpensiveShare ? Scenario.ExpensiveWork : Scenario.CheapWork;
            if (due > clock.Elapsed)
            {
                await Task.Delay(due - clock.Elapsed, cancellationToken);
            }

            requests.Add(SendAsync(work, due));
        }

        return [.. (await Task.WhenAll(requests)).OfType<Response>()];

        async Task<Response?> SendAsync(TimeSpan work, TimeSpan dueAt)
        {
            var milliseconds = work.TotalMilliseconds.ToString(CultureInfo.InvariantCulture);
            using var request = new HttpRequestMessage(HttpMethod.Get, $"/work?ms={milliseconds}");
            using var response = await failed.SendAsync(http, "GET /work", request, cancellationToken, HttpStatusCode.OK);
            return response is null ? null : new((clock.Elapsed - dueAt).TotalMilliseconds, work == Scenario.ExpensiveWork);
        }
    }
}
