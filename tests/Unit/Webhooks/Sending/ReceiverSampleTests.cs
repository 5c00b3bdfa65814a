using Microsoft.Extensions.Time.Testing;
using Receiver;
using ServerlessScale.Shared.Webhooks.Sending;
using ServerlessScale.Shared.Webhooks.Sending.Signing;
using ServerlessScale.Tests.Unit.Webhooks.Sending.Signing;

namespace ServerlessScale.Tests.Unit.Webhooks.Sending;

/// <summary>Runs the C# and Node.js samples from docs/webhooks.md on real deliveries.</summary>
public sealed class ReceiverSampleTests(MisbehavingReceiver receiver) : IClassFixture<MisbehavingReceiver>
{
    private static readonly byte[] RequestBody = """{"type":"webhook.test"}"""u8.ToArray();

    private readonly FakeTimeProvider _time = new(DateTimeOffset.UtcNow);

    private readonly WebhookSecret _secret = WebhookSecret.Create();

    [Fact]
    public void The_CSharp_sample_accepts_genuine_deliveries()
    {
        var previous = WebhookSecret.Create();
        var headers = WebhookSignature.Headers(
            new SigningKeys.Secrets(_secret, new ReplacedSecret(previous, _time.GetUtcNow().AddHours(1))), "msg_1", _time.GetUtcNow(), RequestBody);

        Assert.True(Verifier(_secret).IsGenuine(headers.Id, headers.Timestamp, headers.Signature, RequestBody));
        Assert.True(Verifier(previous).IsGenuine(headers.Id, headers.Timestamp, headers.Signature, RequestBody));
    }

    [Fact]
    public void The_CSharp_sample_rejects_changed_deliveries()
    {
        var (id, timestamp, signature) = WebhookSignature.Headers(new SigningKeys.Secrets(_secret), "msg_1", _time.GetUtcNow(), RequestBody);
        var verifier = Verifier(_secret);

        Assert.False(verifier.IsGenuine("msg_2", timestamp, signature, RequestBody));
        Assert.False(verifier.IsGenuine(id, timestamp + "0", signature, RequestBody));
        Assert.False(verifier.IsGenuine(id, timestamp, "v1,AAAA", RequestBody));
        Assert.False(verifier.IsGenuine(id, timestamp, signature, "{}"u8));
        Assert.False(verifier.IsGenuine(null, timestamp, signature, RequestBody));
        Assert.False(verifier.IsGenuine(id, null, signature, RequestBody));
        Assert.False(verifier.IsGenuine(id, timestamp, null, RequestBody));
        Assert.False(Verifier(WebhookSecret.Create()).IsGenuine(id, timestamp, signature, RequestBody));
        _time.Advance(TimeSpan.FromMinutes(6));
        Assert.False(verifier.IsGenuine(id, timestamp, signature, RequestBody));
    }

    [Fact]
    public async Task The_Node_js_sample_verifies_v1_signatures_and_drops_duplicates()
    {
        await using var node = await NodeReceiver.StartAsync("WEBHOOK_SECRET", _secret.Reveal());
        using var sender = Senders.ToLoopback(receiver);
        var genuine = Attempt(node, "msg_1", new SigningKeys.Secrets(_secret));

        Assert.Equal(204, (await SendAsync(sender, genuine)).Status);
        Assert.Equal(204, (await SendAsync(sender, genuine)).Status);
        Assert.Equal(400, (await SendAsync(sender, Attempt(node, "msg_2", new SigningKeys.Secrets(WebhookSecret.Create())))).Status);
        Assert.Equal(204, (await SendAsync(sender, Attempt(node, "msg_3", new SigningKeys.Secrets(_secret)))).Status);

        Assert.Equal("""msg_1 {"type":"webhook.test"}""", await node.ReadLineAsync());
        Assert.Equal("""msg_3 {"type":"webhook.test"}""", await node.ReadLineAsync());
    }

    [Fact]
    public async Task The_Node_js_sample_verifies_v1a_signatures_with_published_keys()
    {
        using var keys = WebhookKeySet.Parse(TestKeys.Create(1));
        using var others = WebhookKeySet.Parse(TestKeys.Create(1));
        receiver.PublishedKeys = keys.ToJson();
        await using var node = await NodeReceiver.StartAsync("WEBHOOK_KEYS", receiver.Url(".well-known/webhook-keys").ToString());
        using var sender = Senders.ToLoopback(receiver);

        Assert.Equal(204, (await SendAsync(sender, Attempt(node, "msg_1", new SigningKeys.KeyPairs(keys)))).Status);
        Assert.Equal(400, (await SendAsync(sender, Attempt(node, "msg_2", new SigningKeys.KeyPairs(others)))).Status);
        Assert.Equal(400, (await SendAsync(sender, Attempt(node, "msg_3", new SigningKeys.Secrets(_secret)))).Status);
    }

    private static WebhookAttempt Attempt(NodeReceiver node, string id, SigningKeys keys) =>
        new() { Url = node.Url, MessageId = id, Body = RequestBody, Keys = keys };

    private static Task<AttemptResult> SendAsync(WebhookSender sender, WebhookAttempt attempt) =>
        sender.SendAsync(attempt, TestContext.Current.CancellationToken);

    private WebhookVerifier Verifier(WebhookSecret secret) => new(secret.Reveal(), _time);
}
