namespace ServerlessScale.Tests.Unit.Edge.Balancing;

/// <summary>
/// A copy of nginx's smooth weighted round robin (ngx_http_upstream_get_peer, since 1.3.1) for comparison. Each turn adds each candidate's
/// weight to that candidate's counter, picks the candidate with the largest counter, and subtracts the sum of all weights from the picked
/// candidate's counter.
/// </summary>
internal sealed class NginxSmoothWeightedRoundRobin(int[] weights)
{
    private readonly long[] _current = new long[weights.Length];
    private readonly long _total = weights.Sum(weight => (long)weight);

    public int Pick()
    {
        var best = 0;
        for (var i = 0; i < weights.Length; i++)
        {
            _current[i] += weights[i];
            if (_current[i] > _current[best])
            {
                best = i;
            }
        }

        _current[best] -= _total;
        return best;
    }
}
