using Microsoft.Extensions.Options;
using ServerlessScale.Shared.Webhooks;
using ServerlessScale.Shared.Webhooks.Dispatch;
using ServerlessScale.Shared.Webhooks.Endpoints;

namespace ServerlessScale.Tests.Unit.Webhooks.Dispatch;

public sealed class EndpointSlotsTests
{
    private readonly EndpointSlots _slots = new(Options.Create(new WebhookOptions { MaxConcurrency = 2 }));

    [Fact]
    public void An_endpoint_gets_its_share_and_no_more_until_one_leaves()
    {
        var endpoint = EndpointId.New(DateTimeOffset.UnixEpoch);

        Assert.Equal([true, true, false], [_slots.TryEnter(endpoint), _slots.TryEnter(endpoint), _slots.TryEnter(endpoint)]);
        _slots.Leave(endpoint);
        Assert.True(_slots.TryEnter(endpoint));
        Assert.False(_slots.TryEnter(endpoint));
    }

    [Fact]
    public void An_endpoint_does_not_take_another_ones_share()
    {
        var (one, other) = (EndpointId.New(DateTimeOffset.UnixEpoch), EndpointId.New(DateTimeOffset.UnixEpoch));
        _slots.TryEnter(one);
        _slots.TryEnter(one);

        Assert.True(_slots.TryEnter(other));
    }

    [Fact]
    public void The_share_holds_for_attempts_at_the_same_time()
    {
        var endpoint = EndpointId.New(DateTimeOffset.UnixEpoch);
        var (inside, most) = (0, 0);

        Parallel.For(0, 10_000, _ =>
        {
            if (_slots.TryEnter(endpoint))
            {
                var now = Interlocked.Increment(ref inside);
                lock (_slots)
                {
                    most = Math.Max(most, now);
                }

                Interlocked.Decrement(ref inside);
                _slots.Leave(endpoint);
            }
        });

        Assert.InRange(most, 1, 2);
    }
}
