using ServerlessScale.Shared.Webhooks.Deliveries;

namespace ServerlessScale.Tests.Unit.Webhooks.Deliveries;

public sealed class DeliveryRoundsTests
{
    private static readonly Delivery Fresh = new()
    {
        CustomerId = "c1",
        EventId = "evt_1",
        EventType = "order.created",
        CreatedAt = DateTimeOffset.UnixEpoch,
        Status = DeliveryStatus.Pending,
    };

    [Fact]
    public void A_repeated_delivery_attempt_counts_once()
    {
        var twice = Fresh.Add(Attempt(1), 1).Add(Attempt(2), 1);

        Assert.Equal(1, twice.RoundAttempts);
        Assert.Equal(2, twice.Attempts.Count);
    }

    [Fact]
    public void Only_the_last_twenty_delivery_attempts_are_stored()
    {
        var delivery = Enumerable.Range(1, 45).Aggregate(Fresh, (delivery, number) => delivery.Add(Attempt(number), number));

        Assert.Equal(45, delivery.RoundAttempts);
        Assert.Equal(Enumerable.Range(26, 20), delivery.Attempts.Select(attempt => (int)attempt.DurationMs));
    }

    [Fact]
    public void A_new_delivery_round_resets_the_count_and_retains_attempts()
    {
        var again = Fresh.Add(Attempt(1), 10).Fail("All failed.").Begin(2, DateTimeOffset.UnixEpoch);

        Assert.Equal((DeliveryStatus.Pending, 2, 0, 1, null), (again.Status, again.Round, again.RoundAttempts, again.Attempts.Count, again.Reason));
    }

    private static DeliveryAttempt Attempt(int duration) => new(DateTimeOffset.UnixEpoch, 500, duration, null, "HTTP 500", null);
}
