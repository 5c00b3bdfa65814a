namespace ServerlessScale.Measurement.Pricing;

/// <summary>
/// Simulates the app once for each number of always-ready instances, from 0 to a maximum. All simulations run in one pass over the
/// requests.
/// </summary>
internal static class AlwaysReadyPlan
{
    /// <param name="requests">The requests in ascending order of time.</param>
    /// <param name="seconds">
    /// The length of the simulated period in seconds. If it is null, the period ends at the last request, but lasts at least one minute.
    /// </param>
    /// <param name="most">The maximum number of always-ready instances to simulate.</param>
    /// <param name="app">The properties of the app.</param>
    /// <param name="prices">The prices of the plan.</param>
    /// <param name="cancellationToken">Stops the simulation.</param>
    /// <returns>One row per number of always-ready instances, starting with 0.</returns>
    /// <exception cref="CommandException">There are no requests.</exception>
    public static IReadOnlyList<AlwaysReadyRow> Simulate(
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
                simulation.Handle(request);
            }
        }

        return last is { } at
            ? [.. simulations.Select(simulation => simulation.Finish(seconds ?? Math.Max(60, at)))]
            : throw new CommandException("There are no requests to simulate.");
    }
}

/// <summary>The cold starts and the costs with a given number of always-ready instances. Costs are in US dollars per month.</summary>
/// <param name="Cold">The number of requests that waited for an instance to start.</param>
/// <param name="MeanWaitSeconds">The mean wait, in seconds, of the requests that waited.</param>
/// <param name="MostInstances">The peak number of concurrent instances.</param>
/// <param name="OnDemand">The cost of execution time and executions of on-demand instances, after the free grants.</param>
/// <param name="Baseline">The cost of keeping always-ready instances running. It does not depend on the number of requests.</param>
/// <param name="Working">The cost of execution time and executions of always-ready instances.</param>
internal sealed record AlwaysReadyRow(
    int AlwaysReady, long Requests, long Cold, double MeanWaitSeconds, int MostInstances, double OnDemand, double Baseline, double Working)
{
    public double ColdShare => (double)Cold / Requests;

    public double Cost => OnDemand + Baseline + Working;
}
