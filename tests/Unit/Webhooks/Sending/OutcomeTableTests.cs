using System.Net;
using System.Net.Sockets;
using ServerlessScale.Shared.Webhooks.Sending;

namespace ServerlessScale.Tests.Unit.Webhooks.Sending;

/// <summary>
/// Checks each row of the table "What each response means" in docs/webhooks.md against a receiver with the described behaviour.
/// </summary>
public sealed class OutcomeTableTests(MisbehavingReceiver receiver) : IClassFixture<MisbehavingReceiver>
{
    private const string Delivered = nameof(DeliveryDecision.Delivered);

    private const string Retry = nameof(DeliveryDecision.RetryAt);

    private const string Disable = nameof(DeliveryDecision.DisableEndpoint);

    private static readonly WebhookSenderOptions ShortTimeout = new() { Timeout = TimeSpan.FromMilliseconds(500) };

    private static readonly WebhookSenderOptions ShortPatience = new() { AnswerPatience = TimeSpan.FromMilliseconds(50) };

    [Theory]
    [InlineData("status/200", Delivered)]
    [InlineData("status/202", Delivered)]
    [InlineData("status/204", Delivered)]
    [InlineData("status/299", Delivered)]
    [InlineData("drip", Delivered)]
    [InlineData("endless", Delivered)]
    [InlineData("status/300", Retry)]
    [InlineData("status/301", Retry)]
    [InlineData("status/302", Retry)]
    [InlineData("status/304", Retry)]
    [InlineData("status/307", Retry)]
    [InlineData("status/308", Retry)]
    [InlineData("status/400", Retry)]
    [InlineData("status/401", Retry)]
    [InlineData("status/403", Retry)]
    [InlineData("status/404", Retry)]
    [InlineData("status/408", Retry)]
    [InlineData("status/413", Retry)]
    [InlineData("status/422", Retry)]
    [InlineData("status/410", Disable)]
    [InlineData("status/429", Retry)]
    [InlineData("status/500", Retry)]
    [InlineData("status/502", Retry)]
    [InlineData("status/503", Retry)]
    [InlineData("status/504", Retry)]
    [InlineData("status/599", Retry)]
    [InlineData("abort", Retry)]
    public async Task The_response_status_determines_the_outcome(string path, string outcome)
    {
        using var sender = Senders.ToLoopback(receiver, ShortPatience);

        Assert.Equal(outcome, Decide(await sender.PostAsync(receiver.Url(path))).GetType().Name);
    }

    [Theory]
    [InlineData("cut-off-200", Delivered)]
    [InlineData("cut-off-410", Disable)]
    [InlineData("switch-protocols", Retry)]
    [InlineData("not-http", Retry)]
    [InlineData("huge-headers", Retry)]
    [InlineData("close", Retry)]
    public async Task An_invalid_or_incomplete_response_has_the_documented_outcome(string behaviour, string outcome)
    {
        using var sender = Senders.ToLoopback(receiver, ShortPatience);

        Assert.Equal(outcome, Decide(await sender.PostAsync(receiver.RawUrl(behaviour))).GetType().Name);
    }

    [Fact]
    public async Task A_delivery_is_retried_if_no_response_arrives_in_time()
    {
        using var sender = Senders.ToLoopback(receiver, ShortTimeout);
        foreach (var url in (Uri[])[receiver.Url("hang"), receiver.RawUrl("drip-headers"), receiver.RawUrl("endless-continue")])
        {
            var result = await sender.PostAsync(url);

            Assert.Equal(AttemptError.Timeout, result.Error);
            Assert.IsType<DeliveryDecision.RetryAt>(Decide(result));
        }
    }

    [Fact]
    public async Task A_delivery_is_retried_after_a_TLS_error()
    {
        using var sender = Senders.ToLoopback(receiver);

        var result = await sender.PostAsync(receiver.TlsUrl(ReceiverCertificates.Expired));

        Assert.Equal(AttemptError.Tls, result.Error);
        Assert.IsType<DeliveryDecision.RetryAt>(Decide(result));
    }

    [Fact]
    public async Task A_delivery_is_retried_after_a_refused_connection()
    {
        using var sender = Senders.ToLoopback(receiver);

        var result = await sender.PostAsync(new Uri($"http://127.0.0.1:{ClosedPort.Find()}/"));

        Assert.Equal(AttemptError.ConnectionRefused, result.Error);
        Assert.IsType<DeliveryDecision.RetryAt>(Decide(result));
    }

    [Fact]
    public async Task A_delivery_is_retried_after_a_DNS_error()
    {
        using var sender = Senders.Guarded((_, _) => throw new SocketException((int)SocketError.HostNotFound));

        var result = await sender.PostAsync(new Uri("https://hooks.example.com/"));

        Assert.Equal(AttemptError.Dns, result.Error);
        Assert.IsType<DeliveryDecision.RetryAt>(Decide(result));
    }

    [Fact]
    public async Task A_delivery_to_a_host_name_with_a_private_address_is_retried()
    {
        using var sender = Senders.Guarded((_, _) => Task.FromResult<IPAddress[]>([IPAddress.Loopback]));

        var result = await sender.PostAsync(new Uri("https://hooks.example.com/"));

        Assert.Equal(AttemptError.AddressRefused, result.Error);
        Assert.IsType<DeliveryDecision.RetryAt>(Decide(result));
    }

    [Theory]
    [InlineData(429, "120", 120)]
    [InlineData(503, "120", 120)]
    [InlineData(502, "120", 120)]
    [InlineData(404, "120", 120)]
    [InlineData(503, "1", 5)]
    [InlineData(503, "9000000", 24 * 3600)]
    [InlineData(503, "Wed, 21 Oct 2015 07:28:00 GMT", 5)]
    [InlineData(503, "Fri, 31 Dec 9999 23:59:59 GMT", 24 * 3600)]
    [InlineData(503, "nonsense", 5)]
    public async Task Retry_After_delays_the_next_attempt_within_limits(int status, string retryAfter, int seconds)
    {
        using var sender = Senders.ToLoopback(receiver);
        var now = DateTimeOffset.UtcNow;

        var result = await sender.PostAsync(receiver.Url($"status/{status}?retryAfter={Uri.EscapeDataString(retryAfter)}"));

        var decision = DeliveryDecision.Of(result, 1, null, now, new FixedRandom(0));
        Assert.Equal(new DeliveryDecision.RetryAt(now.AddSeconds(seconds)), decision);
    }

    private static DeliveryDecision Decide(AttemptResult result) =>
        DeliveryDecision.Of(result, 1, null, DateTimeOffset.UtcNow, new FixedRandom(0));
}
