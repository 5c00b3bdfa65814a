using ServerlessScale.Local;

namespace ServerlessScale.ColdStart.AlwaysReady;

/// <summary>Tries each count of always-ready instances on the same requests, in one pass over them.</summary>
internal static class AlwaysReadyPlan
{
    /// <param name="requests">In the order of their times.</param>
    /// <param name="seconds">What they span; null for the time of the last one, at least a minute.</param>
    /// <param name="most">The largest count that is tried.</param>
    /// <param name="app">How the app runs.</param>
    /// <param name="prices">What is paid.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>One row for each count, from 0.</returns>
    /// <exception cref="LocalCloudException">There are no requests.</exception>
    public static IReadOnlyList<AlwaysReadyRow> Try(
        IEnumerable<Request> requests, double? seconds, int most, FlexApp app, FlexPrices prices, CancellationToken cancellationToken)
    {
        Simulation[] simulations = [.. Enumerable.Range(0, most + 1).Select(count => new Simulation(count, app, prices))];
        double? last = null;
        foreach (var request in requests)
        {
            cancellationToken.ThrowIfCancellationRequested();
            last = request.At;
            foreach (var simulation in simulations)
            {
                simulation.Meet(request);
            }
        }

        return last is { } at
            ? [.. simulations.Select(simulation => simulation.Finish(seconds ?? Math.Max(60, at)))]
            : throw new LocalCloudException("There is no request to meet.");
    }
}
