using ServerlessScale.Local.Edge.Balancing;

namespace ServerlessScale.Bench.Balancing;

/// <summary>The latencies of one policy in one scenario, milliseconds.</summary>
internal sealed class PolicyResult(Scenario scenario, BalancingPolicy policy)
{
    private readonly List<double[]> _rounds = [];

    public Scenario Scenario => scenario;

    public BalancingPolicy Policy => policy;

    public int Requests => _rounds.Sum(round => round.Length);

    public void AddRound(List<double> latencies) => _rounds.Add([.. latencies.Order()]);

    /// <summary>The median round's percentile: a round in which the machine was busy with something else does not count.</summary>
    public double Percentile(double share)
    {
        double[] ofRounds = [.. _rounds.Select(round => round[(int)Math.Ceiling(share * round.Length) - 1]).Order()];
        return ofRounds[ofRounds.Length / 2];
    }
}
