using System.Diagnostics;

namespace ServerlessScale.Bench.RecordingCost;

/// <summary>The cheapest invocation that the app has, through the host: what is a small share of it is a smaller one of all others.</summary>
internal static class WarmRequest
{
    private const int Requests = 1_500;

    /// <returns>Microseconds from sending to the answer's end, the median of requests that follow each other.</returns>
    public static async Task<double> MedianAsync(HttpClient client)
    {
        var times = new double[Requests];
        for (var i = 0; i < Requests; i++)
        {
            var sent = Stopwatch.GetTimestamp();
            await client.GetByteArrayAsync("api/health/live");
            times[i] = Stopwatch.GetElapsedTime(sent).TotalMicroseconds;
        }

        Array.Sort(times);
        return times[Requests / 2];
    }
}
