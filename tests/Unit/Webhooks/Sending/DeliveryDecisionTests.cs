using ServerlessScale.Shared.Webhooks.Sending;

namespace ServerlessScale.Tests.Unit.Webhooks.Sending;

public sealed class DeliveryDecisionTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 25, 12, 0, 0, TimeSpan.Zero);

    private static readonly FixedRandom NoJitter = new(0);

    [Theory]
    [InlineData(1, 5)]
    [InlineData(2, 5 * 60)]
    [InlineData(3, 30 * 60)]
    [InlineData(4, 2 * 3600)]
    [InlineData(5, 5 * 3600)]
    [InlineData(6, 10 * 3600)]
    [InlineData(7, 14 * 3600)]
    [InlineData(8, 20 * 3600)]
    [InlineData(9, 24 * 3600)]
    public void Each_failed_attempt_is_retried_after_its_scheduled_wait(int attempt, int seconds)
    {
        Assert.Equal(Now.AddSeconds(seconds), RetryTime(Failed(), attempt, NoJitter));
        Assert.Equal(Now.AddSeconds(seconds * 1.1), RetryTime(Failed(), attempt, new FixedRandom(0.5)));
    }

    [Fact]
    public void Jitter_adds_at_most_a_fifth_of_the_wait()
    {
        var random = new Random(1);
        var waits = Enumerable.Range(0, 1000).Select(_ => RetryTime(Failed(), 2, random) - Now).ToArray();

        Assert.All(waits, wait => Assert.InRange(wait, TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(6)));
        Assert.True(waits.Distinct().Count() > 900);
    }

    [Fact]
    public void The_tenth_failure_ends_the_delivery_with_a_reason()
    {
        var decision = DeliveryDecision.Of(Failed(), 10, null, Now, NoJitter);

        Assert.Equal(new DeliveryDecision.GiveUp("All 10 attempts failed. Outcome of the last attempt: HTTP 500."), decision);
    }

    [Fact]
    public void A_failure_after_the_last_scheduled_attempt_ends_the_delivery() =>
        Assert.IsType<DeliveryDecision.GiveUp>(DeliveryDecision.Of(Failed(), 11, null, Now, NoJitter));

    [Theory]
    [InlineData(1)]
    [InlineData(10)]
    public void A_2xx_status_is_a_success_on_any_attempt(int attempt) => Assert.IsType<DeliveryDecision.Delivered>(
        DeliveryDecision.Of(Failed() with { Status = 200 }, attempt, Now.AddDays(-9), Now, NoJitter));

    [Theory]
    [InlineData(1)]
    [InlineData(10)]
    public void An_endpoint_failing_for_five_days_is_disabled(int attempt)
    {
        var decision = DeliveryDecision.Of(Failed(), attempt, Now.AddDays(-5), Now, NoJitter);

        Assert.Equal(new DeliveryDecision.DisableEndpoint(DisableReason.Failing), decision);
    }

    [Fact]
    public void Deliveries_to_an_endpoint_failing_for_less_than_five_days_are_retried() => Assert.IsType<DeliveryDecision.RetryAt>(
        DeliveryDecision.Of(Failed(), 1, Now.AddDays(-5).AddSeconds(1), Now, NoJitter));

    [Theory]
    [InlineData(1, 120, 120)]
    [InlineData(1, 2, 5)] // never earlier than scheduled
    [InlineData(4, 60, 2 * 3600)]
    [InlineData(1, 24 * 3600, 24 * 3600)]
    [InlineData(1, 25 * 3600, 24 * 3600)] // at most a day
    [InlineData(1, int.MaxValue, 24 * 3600)]
    public void Retry_After_is_respected_within_limits(int attempt, int requested, int seconds) => Assert.Equal(
        Now.AddSeconds(seconds),
        RetryTime(Failed() with { Status = 503, RetryAfter = TimeSpan.FromSeconds(requested) }, attempt, NoJitter));

    [Fact]
    public void Attempt_numbers_start_at_one() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => DeliveryDecision.Of(Failed(), 0, null, Now, NoJitter));

    private static AttemptResult Failed() => new() { At = Now, Duration = TimeSpan.Zero, Status = 500 };

    private static DateTimeOffset RetryTime(AttemptResult result, int attempt, Random random) =>
        Assert.IsType<DeliveryDecision.RetryAt>(DeliveryDecision.Of(result, attempt, null, Now, random)).Time;
}

/// <summary>A random number generator that always returns the same number between 0 and 1.</summary>
internal sealed class FixedRandom(double value) : Random
{
    public override double NextDouble() => value;
}
