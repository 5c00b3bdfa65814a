using ServerlessScale.Edge.Balancing;
using ServerlessScale.Local.Lab.Experiments;
using ServerlessScale.Local.Lab.Load;

namespace ServerlessScale.Local.Lab.Topics;

/// <summary>
/// Sends the same load under each balancing policy, which is switched while the edge runs. The instances are those of the shop, but their work
/// is simulated by waiting, because a machine with two processors cannot do the work of four busy instances.
/// </summary>
internal sealed class BalancingExperiment : IExperiment
{
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(1);

    public ExperimentDescription Description { get; } = new()
    {
        Name = "balancing",
        Title = "Five policies share the same load among four instances",
        Why = "Machines differ in speed, and requests differ in cost. A policy that ignores both lets cheap requests wait behind expensive ones, "
            + "while other instances are idle.",
        Expects = "With unequal instances or some expensive requests, the p99 of cheap requests is lower with least connections than with round robin.",
        Code = "tools/Edge/Balancing",
        FileName = "BalancingExperiment.cs",
        Seconds = 60,
        Columns =
        [
            ResultColumn.Text("policy"), ResultColumn.Count("requests"), ResultColumn.Milliseconds("cheap p50"),
            ResultColumn.Milliseconds("cheap p99"), ResultColumn.Milliseconds("all p99"), ResultColumn.Text("requests per instance"),
        ],
        Options =
        [
            ExperimentOption.Choice("instances", "Speeds of the instances", "unequal", "equal"),
            ExperimentOption.Choice("requests", "Costs of the requests", "mixed", "cheap"),
            ExperimentOption.Number("seconds", "Length of the load under each policy", 8, 2, 30, "s"),
        ],
    };

    public async Task<Conclusion> RunAsync(ExperimentContext context, CancellationToken cancellationToken)
    {
        var unequal = context.Options["instances"] == "unequal";
        var mixed = context.Options["requests"] == "mixed";
        var scenario = new Scenario("", unequal ? [4, 2, 1, 1] : [2, 2, 2, 2], mixed ? 0.05 : 0);
        var app = context.Cloud.Apps[0];
        context.Say(0.02, "Starting four instances.");
        await context.Interventions.HoldInstancesAsync(app, scenario.Speeds.Length, cancellationToken);
        string[] instances = [.. context.Cloud.Instances.Where(instance => instance.App == app).Select(instance => instance.Name)];
        foreach (var (index, instance) in instances.Index())
        {
            // Further instances of a larger cloud have the speed of the slowest one.
            var speed = scenario.Speeds[Math.Min(index, scenario.Speeds.Length - 1)];
            context.Interventions.SetSpeed(instance, speed);
            await context.Interventions.SetWeightAsync(instance, speed);
        }

        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = context.Cloud.BaseAddress, Timeout = TimeSpan.FromSeconds(30) };
        var results = new List<PolicyResult>();
        var policies = Enum.GetValues<BalancingPolicy>();
        foreach (var (index, policy) in policies.Index())
        {
            context.Say(0.1 + (0.9 * index / policies.Length), $"{PolicyResult.NameOf(policy)}: {scenario.Rate:0} requests per second.");
            await context.Interventions.SetPolicyAsync(policy);
            await WorkLoad.RunAsync(http, SimulatedWork.Path, scenario, WarmUp, seed: -1, context.Failed, cancellationToken);
            var before = Served(context.Cloud, instances);
            var result = new PolicyResult(scenario, policy);
            var responses = await WorkLoad.RunAsync(
                http, SimulatedWork.Path, scenario, TimeSpan.FromSeconds(context.Options.Number("seconds")), seed: 0, context.Failed, cancellationToken);
            result.AddRound(responses);
            results.Add(result);
            context.AddRow(
                result.Name, responses.Length, result.Percentile(0.5, onlyCheap: true), result.Percentile(0.99, onlyCheap: true),
                result.Percentile(0.99, onlyCheap: false),
                string.Join(" / ", Served(context.Cloud, instances).Zip(before, (after, earlier) => after - earlier)));
        }

        var round = P99(results, BalancingPolicy.RoundRobin);
        var least = P99(results, BalancingPolicy.LeastConnections);
        return new(
            !(unequal || mixed) || least < round,
            $"The p99 of cheap requests was {round:0} ms with round robin and {least:0} ms with least connections. "
            + (unequal || mixed ? "Counting active requests avoids the instances that are busy." : "With equal instances and equal requests, the policies hardly differ."));
    }

    private static double P99(List<PolicyResult> results, BalancingPolicy policy) =>
        results.Single(result => result.Policy == policy).Percentile(0.99, onlyCheap: true);

    private static long[] Served(LocalCloud cloud, string[] instances)
    {
        var ids = cloud.Set!.Pools.SelectMany(pool => pool.All).ToDictionary(each => each.Name, each => each.OriginId);
        return [.. instances.Select(instance => ids.TryGetValue(instance, out var id) ? cloud.Observer!.Traffic.Of(id).Served : 0)];
    }
}
