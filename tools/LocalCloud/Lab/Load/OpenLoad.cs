using System.Diagnostics;

namespace ServerlessScale.Local.Lab.Load;

/// <summary>
/// Sends requests at given times, like many independent clients. A request does not wait for the responses to earlier requests, so that slow
/// responses do not reduce the load.
/// </summary>
internal static class OpenLoad
{
    /// <summary>Returns random times with a given mean rate (a Poisson process).</summary>
    /// <param name="random">The source of randomness. The times are drawn one after another while they are enumerated.</param>
    /// <param name="perSecond">The mean number of requests per second.</param>
    /// <param name="duration">The length of the load. No request is due later.</param>
    public static IEnumerable<TimeSpan> AtRandom(Random random, double perSecond, TimeSpan duration)
    {
        var due = TimeSpan.Zero;
        while ((due += TimeSpan.FromSeconds(-Math.Log(1 - random.NextDouble()) / perSecond)) <= duration)
        {
            yield return due;
        }
    }

    /// <summary>Returns times with the same distance from each other.</summary>
    public static IEnumerable<TimeSpan> Regularly(double perSecond, TimeSpan duration)
    {
        for (var i = 0; i < perSecond * duration.TotalSeconds; i++)
        {
            yield return TimeSpan.FromSeconds(i / perSecond);
        }
    }

    /// <summary>Sends a request at each of the times, and waits for all responses.</summary>
    /// <param name="times">The times in ascending order, from the start of <paramref name="clock"/>.</param>
    /// <param name="clock">A running clock.</param>
    /// <param name="send">Sends the request that is due at the given time.</param>
    /// <param name="cancellationToken">Stops sending.</param>
    public static async Task<T[]> SendAsync<T>(
        IEnumerable<TimeSpan> times, Stopwatch clock, Func<TimeSpan, Task<T>> send, CancellationToken cancellationToken)
    {
        var requests = new List<Task<T>>();
        foreach (var due in times)
        {
            if (due > clock.Elapsed)
            {
                await Task.Delay(due - clock.Elapsed, cancellationToken);
            }

            requests.Add(send(due));
        }

        return await Task.WhenAll(requests);
    }
}
