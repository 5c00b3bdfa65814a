using Microsoft.Extensions.Logging.Abstractions;
using ServerlessScale.Edge.Balancing;
using ServerlessScale.Edge.Forwarding;

namespace ServerlessScale.Bench.Balancing;

/// <summary>Runs each policy in each scenario, interleaved, so that what else the machine does hits all of them.</summary>
internal static class PolicyBench
{
    private const string Group = "instances";
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(1);

    public static async Task<IReadOnlyList<PolicyResult>> RunAsync(
        int rounds, TimeSpan duration, Action<string> progress, CancellationToken cancellationToken)
    {
        var results = new List<PolicyResult>();
        foreach (var scenario in Scenario.All)
        {
            var ofScenario = Enum.GetValues<BalancingPolicy>().Select(policy => new PolicyResult(scenario, policy)).ToList();
            for (var round = 0; round < rounds; round++)
            {
                // Another goes first each time.
                foreach (var result in ofScenario.Skip(round % ofScenario.Count).Concat(ofScenario.Take(round % ofScenario.Count)))
                {
                    await RunAsync(result, duration, seed: round, cancellationToken);
                }

                progress($"{scenario.Name}: round {round + 1} of {rounds}");
            }

            results.AddRange(ofScenario);
        }

        return results;
    }

    private static async Task RunAsync(PolicyResult result, TimeSpan duration, int seed, CancellationToken cancellationToken)
    {
        var instances = await Task.WhenAll(result.Scenario.Speeds.Select(SimulatedInstance.StartAsync));
        try
        {
            await using var edge = await EdgeServer.StartAsync(
                new() { Groups = [new() { Name = Group, Policy = result.Policy }] }, NullLoggerFactory.Instance, cancellationToken: cancellationToken);
            for (var i = 0; i < instances.Length; i++)
            {
                await edge.AddAsync(new EdgeOrigin(Group, $"instance-{i}", instances[i].Address, instances[i].Speed));
            }

            using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = edge.Address };
            await Load.RunAsync(http, result.Scenario, WarmUp, seed: -1, cancellationToken);
            result.AddRound(await Load.RunAsync(http, result.Scenario, duration, seed, cancellationToken));
        }
        finally
        {
            foreach (var instance in instances)
            {
                await instance.DisposeAsync();
            }
        }
    }
}
