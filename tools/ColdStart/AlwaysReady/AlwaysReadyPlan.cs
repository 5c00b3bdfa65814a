using ServerlessScale.Measurement;

namespace ServerlessScale.ColdStart.AlwaysReady;

/// <summary>Simulates every number of always-ready instances with the same requests, in one pass over the requests.</summary>
internal static class AlwaysReadyPlan
{
    /// <param name="requests">The requests, in the order of their times.</param>
    /// <param name="seconds">The time that the requests span; null for the time of the last request, but at least a minute.</param>
    /// <param name="most">The largest number of instances that is simulated.</param>
    /// <param name="app">How the app runs.</param>
    /// <param name="prices">The prices of the plan.</param>
    /// <param name="cancellationToken">Stops the simulation.</param>
    /// <returns>A row for each number of instances, from 0 on.</returns>
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

/// <summary>The effect and the cost of a number of always-ready instances. Costs are US dollars per month.</summary>
/// <param name="Cold">The requests that waited for an instance to start.</param>
/// <param name="MeanWaitSeconds">The mean wait of those requests.</param>
/// <param name="MostInstances">The largest number of instances at the same time.</param>
/// <param name="OnDemand">The work and executions of on-demand instances, after the free grants.</param>
/// <param name="Baseline">The price of keeping always-ready instances, whether they work or not.</param>
/// <param name="Working">The work and executions of always-ready instances.</param>
internal sealed record AlwaysReadyRow(
    int AlwaysReady, long Requests, long Cold, double MeanWaitSeconds, int MostInstances, double OnDemand, double Baseline, double Working)
{
    public double ColdShare => (double)Cold / Requests;

    public double Cost => OnDemand + Baseline + Working;
}
