using System.Diagnostics;
using System.Globalization;

namespace ServerlessScale.Bench.Balancing;

/// <summary>
/// Requests at random times of a given rate (a Poisson process), whether earlier ones have been answered or not, as from many clients
/// that do not know of each other. Latency counts from when a request was due, so that a slow answer cannot hide those behind it.
/// </summary>
internal static class Load
{
    /// <param name="seed">The same for every policy in a round: they get the same requests at the same times.</param>
    public static async Task<Answer[]> RunAsync(HttpClient http, Scenario scenario, TimeSpan duration, int seed, CancellationToken cancellationToken)
    {
        var random = new Random(seed);
        var requests = new List<Task<Answer>>();
        var clock = Stopwatch.StartNew();
        var due = TimeSpan.Zero;
        while (true)
        {
            due += TimeSpan.FromSeconds(-Math.Log(1 - random.NextDouble()) / scenario.Rate);
            if (due > duration)
            {
                break;
            }

            var work = random.NextDouble() < scenario.DearShare ? Scenario.DearWork : Scenario.CheapWork;
            if (due > clock.Elapsed)
            {
                await Task.Delay(due - clock.Elapsed, cancellationToken);
            }

            requests.Add(SendAsync(http, work, due, clock, cancellationToken));
        }

        return await Task.WhenAll(requests);
    }

    private static async Task<Answer> SendAsync(HttpClient http, TimeSpan work, TimeSpan due, Stopwatch clock, CancellationToken cancellationToken)
    {
        using var response = await http.GetAsync(
            "/work?ms=" + work.TotalMilliseconds.ToString(CultureInfo.InvariantCulture), cancellationToken);
        response.EnsureSuccessStatusCode();
        return new((clock.Elapsed - due).TotalMilliseconds, work == Scenario.DearWork);
    }
}
