using ServerlessScale.Edge.Balancing;

namespace ServerlessScale.Bench.Balancing;

/// <summary>The latencies of one policy in one scenario, milliseconds.</summary>
internal sealed class PolicyResult(Scenario scenario, BalancingPolicy policy)
{
    private readonly List<Answer[]> _rounds = [];

    public Scenario Scenario => scenario;

    public BalancingPolicy Policy => policy;

    public void AddRound(Answer[] answers) => _rounds.Add(answers);

    /// <summary>The median round's percentile: a round in which the machine was busy with something else does not count.</summary>
    /// <param name="share">0.99 for what 99 of 100 stay below.</param>
    /// <param name="ofCheap">Of the cheap requests only, which dear ones can be in the way of.</param>
    public double Percentile(double share, bool ofCheap)
    {
        double[] ofRounds = [.. _rounds.Select(round => Percentile(round, share, ofCheap)).Order()];
        return ofRounds[ofRounds.Length / 2];
    }

    private static double Percentile(Answer[] round, double share, bool ofCheap)
    {
        double[] sorted = [.. round.Where(answer => !ofCheap || !answer.IsDear).Select(answer => answer.Milliseconds).Order()];
        return sorted[(int)Math.Ceiling(share * sorted.Length) - 1];
    }
}
