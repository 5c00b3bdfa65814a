using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Options;
using ServerlessScale.Shared.Webhooks.Sending;
using ServerlessScale.Shared.Webhooks.Sending.Signing;
using ServerlessScale.Shared.Webhooks.Sending.Urls;

namespace ServerlessScale.Tests.Unit.Webhooks.Sending;

public sealed class WebhookSenderTests(MisbehavingReceiver receiver) : IClassFixture<MisbehavingReceiver>, IDisposable
{
    private static readonly WebhookSenderOptions ShortTimeout = new() { Timeout = TimeSpan.FromMilliseconds(400) };

    private readonly WebhookSender _sender = Senders.ToLoopback(receiver);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _sender.Dispose();

    [Fact]
    public async Task A_delivery_is_a_signed_POST_without_other_headers()
    {
        var body = Encoding.UTF8.GetBytes("""{"type":"order.created","data":{"id":"é"}}""");
        var result = await _sender.SendAsync(
            new WebhookAttempt
            {
                Url = receiver.Url("status/200?signed=yes"),
                MessageId = "msg_plain",
                Body = body,
                Keys = new SigningKeys.Secrets(Senders.Secret),
            },
            Cancellation);

        Assert.Equal((200, AttemptError.None, null), (result.Status, result.Error, result.ErrorDetail));
        var delivery = Received("msg_plain");
        Assert.Equal(body, delivery.Body);
        Assert.Equal(
            ["content-length", "content-type", "host", "user-agent", "webhook-id", "webhook-signature", "webhook-timestamp"],
            delivery.Headers.Keys.Order());
        Assert.Equal("application/json", delivery.Headers["content-type"]);
        Assert.Equal("ServerlessScale-Webhooks/1", delivery.Headers["user-agent"]);
        var expected = WebhookSignature.Headers(new SigningKeys.Secrets(Senders.Secret), "msg_plain", result.At, body);
        Assert.Equal(expected.Timestamp, delivery.Headers["webhook-timestamp"]);
        Assert.Equal(expected.Signature, delivery.Headers["webhook-signature"]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_trace_context_is_sent_only_if_configured(bool configured)
    {
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name is WebhookSender.SourceName or "System.Net.Http",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
        };
        ActivitySource.AddActivityListener(listener);
        using var trace = new Activity("test").AddBaggage("customer", "c1").Start();
        trace.TraceStateString = "vendor=1";
        using var sender = Senders.ToLoopback(receiver, new WebhookSenderOptions { SendTraceContext = configured });

        await sender.SendAsync(
            new WebhookAttempt
            {
                Url = receiver.Url("status/200"),
                MessageId = $"msg_trace_{configured}",
                Body = "{}"u8.ToArray(),
                Keys = new SigningKeys.Secrets(Senders.Secret),
            },
            Cancellation);

        var headers = Received($"msg_trace_{configured}").Headers;
        Assert.DoesNotContain(headers.Keys, name => name is "tracestate" or "baggage" or "correlation-context" or "request-id");
        Assert.Equal(configured, headers.TryGetValue("traceparent", out var context));
        if (configured)
        {
            Assert.StartsWith($"00-{trace.TraceId}-", context, StringComparison.Ordinal);
            Assert.DoesNotContain(trace.SpanId.ToString(), context!, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(200)]
    [InlineData(204)]
    [InlineData(301)]
    [InlineData(307)]
    [InlineData(400)]
    [InlineData(410)]
    [InlineData(500)]
    [InlineData(599)]
    public async Task The_response_status_is_reported_unchanged(int status)
    {
        var result = await _sender.PostAsync(receiver.Url($"status/{status}"));

        Assert.Equal((status, AttemptError.None), (result.Status, result.Error));
        Assert.Equal(status < 300, result.Succeeded);
    }

    [Fact]
    public async Task Redirects_are_not_followed_and_cookies_are_not_stored()
    {
        await _sender.PostAsync(receiver.Url("status/302?first"));
        await _sender.PostAsync(receiver.Url("status/302?second"));

        Assert.DoesNotContain(receiver.Received, delivery => delivery.Path == "/redirected" || delivery.Headers.ContainsKey("cookie"));
    }

    [Theory]
    [InlineData("120", 120)]
    [InlineData("0", 0)]
    [InlineData("Wed, 21 Oct 2015 07:28:00 GMT", 0)]
    public async Task Retry_After_is_converted_to_a_duration(string retryAfter, int seconds)
    {
        var result = await _sender.PostAsync(receiver.Url($"status/503?retryAfter={Uri.EscapeDataString(retryAfter)}"));

        Assert.Equal(TimeSpan.FromSeconds(seconds), result.RetryAfter);
    }

    [Fact]
    public async Task Retry_After_can_be_a_date()
    {
        var date = DateTimeOffset.UtcNow.AddHours(2);

        var result = await _sender.PostAsync(receiver.Url($"status/429?retryAfter={Uri.EscapeDataString(date.ToString("R"))}"));

        Assert.InRange(result.RetryAfter!.Value, TimeSpan.FromHours(1), TimeSpan.FromHours(2));
    }

    [Theory]
    [InlineData("soon")]
    [InlineData("-5")]
    [InlineData("99999999999999999999")]
    [InlineData("1.5")]
    public async Task An_invalid_Retry_After_is_ignored(string retryAfter)
    {
        var result = await _sender.PostAsync(receiver.Url($"status/503?retryAfter={retryAfter}"));

        Assert.Equal((503, null), (result.Status, result.RetryAfter));
    }

    [Fact]
    public async Task The_response_text_is_reported() =>
        Assert.Equal("grüße", (await _sender.PostAsync(receiver.Url("text?of=gr%C3%BC%C3%9Fe"))).ResponseStart);

    [Theory]
    [InlineData("bytes/1024")]
    [InlineData("bytes/1025")]
    [InlineData("bytes/1000000")]
    public async Task A_long_response_is_truncated_after_1024_bytes(string path) =>
        Assert.Equal(new string('x', 1024), (await _sender.PostAsync(receiver.Url(path))).ResponseStart);

    [Fact]
    public async Task A_character_split_by_the_length_limit_is_dropped() =>
        Assert.Equal(new string('x', 1023), (await _sender.PostAsync(receiver.Url("cut-character"))).ResponseStart);

    [Fact]
    public async Task Invalid_UTF8_in_a_response_is_replaced() =>
        Assert.Equal("a\uFFFDb\uFFFD", (await _sender.PostAsync(receiver.Url("not-utf8"))).ResponseStart);

    [Fact]
    public async Task A_compressed_response_is_not_decompressed()
    {
        var result = await _sender.PostAsync(receiver.Url("gzip-bomb"));

        Assert.Equal(200, result.Status);
        Assert.StartsWith("\u001f\uFFFD", result.ResponseStart, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("endless")]
    [InlineData("drip")]
    public async Task A_successful_response_with_an_endless_body_is_a_success(string path)
    {
        using var sender = Senders.ToLoopback(receiver, new WebhookSenderOptions { AnswerPatience = TimeSpan.FromSeconds(1) });

        var result = await sender.PostAsync(receiver.Url(path));

        Assert.Equal((200, AttemptError.None), (result.Status, result.Error));
        Assert.NotEmpty(result.ResponseStart);
    }

    [Fact]
    public async Task A_successful_response_with_a_truncated_body_is_a_success()
    {
        var result = await _sender.PostAsync(receiver.RawUrl("cut-off-200"));

        Assert.Equal((200, AttemptError.None, "only this"), (result.Status, result.Error, result.ResponseStart));
    }

    [Theory]
    [InlineData("drip-headers")]
    [InlineData("endless-continue")]
    public async Task Slowly_sent_headers_do_not_extend_the_deadline(string behaviour)
    {
        using var sender = Senders.ToLoopback(receiver, ShortTimeout);

        var result = await sender.PostAsync(receiver.RawUrl(behaviour));

        Assert.Equal((null, AttemptError.Timeout, "No response within 0.4 s."), (result.Status, result.Error, result.ErrorDetail));
    }

    [Fact]
    public async Task A_missing_response_is_reported_as_a_timeout()
    {
        using var sender = Senders.ToLoopback(receiver, ShortTimeout);

        Assert.Equal(AttemptError.Timeout, (await sender.PostAsync(receiver.Url("hang"))).Error);
    }

    [Fact]
    public async Task An_endless_DNS_lookup_is_reported_as_a_timeout()
    {
        using var sender = new WebhookSender(
            async (_, cancellationToken) =>
            {
                await Task.Delay(Timeout.Infinite, cancellationToken);
                return [];
            },
            Options.Create(ShortTimeout), Options.Create(new WebhookUrlOptions()), TimeProvider.System);

        Assert.Equal(AttemptError.Timeout, (await sender.PostAsync(new Uri("https://hooks.example.com/"))).Error);
    }

    [Theory]
    [InlineData("not-http", AttemptError.InvalidResponse)]
    [InlineData("huge-headers", AttemptError.InvalidResponse)]
    [InlineData("many-headers", AttemptError.InvalidResponse)]
    [InlineData("close", AttemptError.ConnectionLost)]
    public async Task Each_kind_of_invalid_response_has_a_specific_error(string behaviour, AttemptError error)
    {
        var result = await _sender.PostAsync(receiver.RawUrl(behaviour));

        Assert.Equal((null, error), (result.Status, result.Error));
        Assert.NotEmpty(result.ErrorDetail!);
    }

    [Fact]
    public async Task A_protocol_switch_is_not_a_success() =>
        Assert.False((await _sender.PostAsync(receiver.RawUrl("switch-protocols"))).Succeeded);

    [Fact]
    public async Task A_reset_connection_is_reported_as_lost() =>
        Assert.Equal(AttemptError.ConnectionLost, (await _sender.PostAsync(receiver.Url("abort"))).Error);

    [Fact]
    public async Task A_closed_port_is_reported_as_a_refused_connection() => Assert.Equal(
        AttemptError.ConnectionRefused, (await _sender.PostAsync(new Uri($"http://127.0.0.1:{ClosedPort.Find()}/"))).Error);

    [Fact]
    public async Task An_unknown_host_name_is_reported_as_a_DNS_error()
    {
        using var sender = Senders.Guarded((_, _) => throw new SocketException((int)SocketError.HostNotFound));

        var result = await sender.PostAsync(new Uri("https://hooks.example.com/"));

        Assert.Equal(AttemptError.Dns, result.Error);
        Assert.StartsWith("hooks.example.com does not resolve", result.ErrorDetail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Deliveries_to_a_TLS_receiver_share_an_HTTP2_connection()
    {
        var before = receiver.Connections;
        for (var delivery = 0; delivery < 3; delivery++)
        {
            Assert.Equal(204, (await _sender.PostAsync(receiver.TlsUrl(ReceiverCertificates.Good))).Status);
        }

        Assert.Equal(before + 1, receiver.Connections);
        Assert.Contains(receiver.Received, delivery => delivery.Protocol == "HTTP/2");
    }

    [Theory]
    [InlineData(ReceiverCertificates.Expired)]
    [InlineData(ReceiverCertificates.OtherName)]
    [InlineData(ReceiverCertificates.SelfSigned)]
    [InlineData("no-certificate.example.com")]
    public async Task Deliveries_are_not_sent_to_a_receiver_without_a_valid_certificate(string host)
    {
        var received = receiver.Received.Count;

        var result = await _sender.PostAsync(receiver.TlsUrl(host));

        Assert.Equal((null, AttemptError.Tls), (result.Status, result.Error));
        Assert.NotEmpty(result.ErrorDetail!);
        Assert.Equal(received, receiver.Received.Count);
    }

    [Fact]
    public async Task Plain_HTTP_on_a_TLS_port_is_reported_as_a_TLS_error() => Assert.Equal(
        AttemptError.Tls, (await _sender.PostAsync(new Uri($"https://127.0.0.1:{receiver.Url("").Port}/"))).Error);

    [Theory]
    [InlineData("http://hooks.example.com/")]
    [InlineData("https://127.0.0.1/")]
    [InlineData("https://localhost/")]
    public async Task A_stored_URL_is_checked_again_before_sending(string url)
    {
        using var sender = Senders.Guarded((_, _) => Task.FromResult<IPAddress[]>([IPAddress.Loopback]));

        Assert.Equal(AttemptError.AddressRefused, (await sender.PostAsync(new Uri(url))).Error);
    }

    [Fact]
    public async Task DNS_rebinding_to_a_private_address_is_rejected()
    {
        var resolved = new Queue<IPAddress>([IPAddress.Parse("8.8.8.8"), IPAddress.Loopback]);
        Task<IPAddress[]> Rebind(string host, CancellationToken cancellationToken) => Task.FromResult<IPAddress[]>([resolved.Dequeue()]);
        var url = receiver.TlsUrl("rebinding.example.com");
        var before = receiver.Connections;

        var created = await new WebhookUrlPolicy(Rebind, Options.Create(new WebhookUrlOptions()), TimeProvider.System)
            .CheckAsync(url.OriginalString, Cancellation);
        using var sender = Senders.Guarded(Rebind);
        var result = await sender.PostAsync(url);

        Assert.NotNull(created.Value);
        Assert.Equal(AttemptError.AddressRefused, result.Error);
        Assert.Contains("rebinding.example.com has the address 127.0.0.1", result.ErrorDetail, StringComparison.Ordinal);
        Assert.Equal(before, receiver.Connections);
    }

    [Fact]
    public async Task A_cancelled_attempt_throws_instead_of_reporting_a_timeout()
    {
        using var caller = new CancellationTokenSource();
        var attempt = new WebhookAttempt
        {
            Url = receiver.Url("hang"),
            MessageId = "msg_stopped",
            Body = "{}"u8.ToArray(),
            Keys = new SigningKeys.Secrets(Senders.Secret),
        };
        var send = _sender.SendAsync(attempt, caller.Token);

        await caller.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => send);
    }

    [Fact]
    public async Task Delivery_attempts_share_connections_up_to_the_limit()
    {
        using var sender = Senders.ToLoopback(receiver, new WebhookSenderOptions { MaxConnectionsPerReceiver = 2 });
        var before = receiver.Connections;

        var results = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => sender.PostAsync(receiver.Url("status/200"))));

        Assert.All(results, result => Assert.Equal(200, result.Status));
        Assert.InRange(receiver.Connections - before, 1, 2);
    }

    private ReceivedDelivery Received(string id) => Assert.Single(receiver.Received, delivery => delivery.Headers["webhook-id"] == id);
}
