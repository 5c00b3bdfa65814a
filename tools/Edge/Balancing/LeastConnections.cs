using System.Runtime.CompilerServices;

namespace ServerlessScale.Edge.Balancing;

/// <summary>
/// Picks the candidate with the largest effective weight, weight / (requests in progress + 1). This is Envoy's formula with an active
/// request bias of 1
/// (envoyproxy.io/docs/envoy/latest/intro/arch_overview/upstream/load_balancing/load_balancers#weighted-least-request). Envoy uses the result
/// as the weight of a round robin, whereas this class always picks the largest. With equal weights, this is the candidate with the fewest
/// requests.
/// </summary>
/// <remarks>
/// <para>
/// Idle candidates count as tied with each other, whatever their weights. Otherwise, a client that sends one request after another would
/// always get the heaviest candidate. Tied candidates are picked in proportion to their weights.
/// </para>
/// <para>
/// Ties are broken by nginx's smooth weighted round robin. Each tied candidate gets its weight as credit, and the candidate with the most
/// credit pays the sum of the weights and is picked. The credit belongs to the candidate, not to its position in the list, so that it
/// survives when candidates leave and return.
/// </para>
/// </remarks>
/// <param name="weighted">Whether the candidates' weights are used.</param>
internal sealed class LeastConnections(bool weighted) : IBalancer
{
    private readonly Lock _gate = new();
    private readonly ConditionalWeakTable<object, StrongBox<long>> _credits = [];

    public int Pick(ReadOnlySpan<Candidate> candidates)
    {
        var best = 0;
        for (var i = 1; i < candidates.Length; i++)
        {
            if (IsBetter(candidates[i], candidates[best]))
            {
                best = i;
            }
        }

        lock (_gate)
        {
            return PickAmongTied(candidates, candidates[best]);
        }
    }

    private int PickAmongTied(ReadOnlySpan<Candidate> candidates, Candidate best)
    {
        var (pick, most, total) = (-1, (StrongBox<long>?)null, 0L);
        for (var i = 0; i < candidates.Length; i++)
        {
            var candidate = candidates[i];
            if (IsBetter(best, candidate) && !(best.InFlight == 0 && candidate.InFlight == 0))
            {
                continue;
            }

            var credit = _credits.GetOrCreateValue(candidate.Key);
            credit.Value += WeightOf(candidate);
            total += WeightOf(candidate);
            if (most is null || credit.Value > most.Value)
            {
                (pick, most) = (i, credit);
            }
        }

        most!.Value -= total;
        return pick;
    }

    private bool IsBetter(Candidate one, Candidate other) =>
        (one.InFlight + 1L) * WeightOf(other) < (other.InFlight + 1L) * WeightOf(one);

    private long WeightOf(Candidate candidate) => (weighted ? candidate.Weight : 1L) * candidate.Warmth;
}
