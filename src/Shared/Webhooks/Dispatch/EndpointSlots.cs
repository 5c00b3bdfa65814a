using System.Runtime.InteropServices;
using Microsoft.Extensions.Options;
using ServerlessScale.Shared.Webhooks.Endpoints;

namespace ServerlessScale.Shared.Webhooks.Dispatch;

/// <summary>
/// How many attempts this instance is making to each endpoint, which is limited, so that an endpoint that is slow takes no more than
/// its share. Instances do not know of each other's, so the limit is one of each.
/// </summary>
public sealed class EndpointSlots(IOptions<WebhookOptions> options)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<EndpointId, int> _taken = [];

    public bool TryEnter(EndpointId endpoint)
    {
        lock (_gate)
        {
            ref var taken = ref CollectionsMarshal.GetValueRefOrAddDefault(_taken, endpoint, out _);
            if (taken >= options.Value.MaxConcurrency)
            {
                return false;
            }

            taken++;
            return true;
        }
    }

    public void Leave(EndpointId endpoint)
    {
        lock (_gate)
        {
            if (--CollectionsMarshal.GetValueRefOrNullRef(_taken, endpoint) == 0)
            {
                _taken.Remove(endpoint);
            }
        }
    }
}
