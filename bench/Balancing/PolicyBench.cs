using Microsoft.Extensions.Logging.Abstractions;
using ServerlessScale.Edge;
using ServerlessScale.Edge.Balancing;
using ServerlessScale.Edge.Forwarding;
using ServerlessScale.Edge.Rules;
using ServerlessScale.Local.Lab.Load;
using ServerlessScale.Measurement;

namespace ServerlessScale.Bench.Balancing;

/// <summary>
/// Runs each policy in each scenario. Every round runs all policies, one after another, so that other load on the machine affects all of
/// them equally.
/// </summary>
internal static class PolicyBench
{
    private const string Group = "instances";
    private const string Work = "/work";
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(1);

    public static async Task<IReadOnlyList<PolicyResult>> RunAsync(
        int rounds, TimeSpan duration, FailedRequests failed, IMeasurementProgress progress, CancellationToken cancellationToken)
    {
        var policies = Enum.GetValues<BalancingPolicy>();
        progress.Begin(Scenario.All.Count * policies.Length * rounds);
        var results = new List<PolicyResult>();
        foreach (var scenario in Scenario.All)
        {
            var ofScenario = policies.Select(policy => new PolicyResult(scenario, policy)).ToList();
            for (var round = 0; round < rounds; round++)
            {
                // Each round starts with a different policy.
                foreach (var result in ofScenario.Skip(round % ofScenario.Count).Concat(ofScenario.Take(round % ofScenario.Count)))
                {
                    await RunAsync(result, duration, seed: round, failed, cancellationToken);
                    progress.Step($"{scenario.Name}, round {round + 1} of {rounds}: {result.Name}");
                }
            }

            results.AddRange(ofScenario);
        }

        return results;
    }

    private static async Task RunAsync(
        PolicyResult result, TimeSpan duration, int seed, FailedRequests failed, CancellationToken cancellationToken)
    {
        var instances = await Task.WhenAll(result.Scenario.Speeds.Select(SimulatedInstance.StartAsync));
        try
        {
            await using var edge = await EdgeServer.StartAsync(
                EdgeRules.ForwardAllTo(new OriginGroup { Name = Group, LoadBalancing = new() { Policy = result.Policy } }),
                new EdgeOptions(), NullLoggerFactory.Instance, cancellationToken);
            for (var i = 0; i < instances.Length; i++)
            {
                await edge.AddAsync(new EdgeOrigin(Group, $"instance-{i}", instances[i].Address, instances[i].Speed));
            }

            using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = edge.Address };
            await WorkLoad.RunAsync(http, Work, result.Scenario, WarmUp, seed: -1, failed, cancellationToken);
            result.AddRound(await WorkLoad.RunAsync(http, Work, result.Scenario, duration, seed, failed, cancellationToken));
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
