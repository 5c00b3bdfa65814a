using Azure.Core;
using Azure.Core.Pipeline;

namespace ServerlessScale.Bench.Orders;

/// <summary>Counts the requests of a client, retries included.</summary>
internal sealed class CountingPolicy : HttpPipelineSynchronousPolicy
{
    private int _requests;

    public int Requests => _requests;

    public override void OnSendingRequest(HttpMessage message) => Interlocked.Increment(ref _requests);
}
