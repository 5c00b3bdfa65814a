using ServerlessScale.Local.Lab.Experiments;

namespace ServerlessScale.Local.Lab.Topics;

/// <summary>All experiments in the order of docs/scaling.md.</summary>
internal static class AllExperiments
{
    public static IReadOnlyList<IExperiment> List { get; } =
    [
        new StatelessnessExperiment(),
        new BalancingExperiment(),
        new HealthExperiment(),
        new ReplicaLagExperiment(),
        new ShardingExperiment(),
        new CdnExperiment(),
        new EdgeLogicExperiment(),
        new QueuesExperiment(),
        new TopologyExperiment(),
        new ScaleExperiment(),
        new ColdStartExperiment(),
        new PriceExperiment(),
    ];
}
