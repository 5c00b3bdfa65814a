using System.Text;
using System.Text.Json;
using ServerlessScale.Shared.Webhooks.Sending.Signing;

namespace ServerlessScale.Tests.Unit.Webhooks.Sending.Signing;

/// <summary>Verifies this project's signatures with independent code, namely the reference implementation and Node.js.</summary>
public sealed class StandardWebhooksTests(StandardWebhooksPeer peer) : IClassFixture<StandardWebhooksPeer>
{
    private static readonly byte[] RequestBody = Encoding.UTF8.GetBytes("""{"type":"order.created","data":{"name":"Zoë 😀"}}""");

    private readonly WebhookSecret _secret = WebhookSecret.Create();

    [Fact]
    public async Task The_reference_implementation_accepts_secrets_of_every_length()
    {
        WebhookSecret[] secrets =
        [
            .. Enumerable.Range(WebhookSecret.MinBytes, WebhookSecret.MaxBytes - WebhookSecret.MinBytes + 1)
                .Select(bytes => WebhookSecret.Parse("whsec_" + Convert.ToBase64String(Enumerable.Range(0, bytes).Select(i => (byte)(i * 7)).ToArray()))),
        ];

        var verdicts = await peer.VerifyAsync(
            [.. secrets.Select(secret => SignedDelivery.Of(new SigningKeys.Secrets(secret), RequestBody, secret.Reveal()))]);

        Assert.Equal(Enumerable.Repeat(true, secrets.Length), verdicts);
    }

    [Fact]
    public async Task The_reference_implementation_accepts_both_secrets_during_the_overlap()
    {
        var previous = WebhookSecret.Create();
        var during = new SigningKeys.Secrets(_secret, new ReplacedSecret(previous, DateTimeOffset.UtcNow.AddHours(24)));
        var after = new SigningKeys.Secrets(_secret, new ReplacedSecret(previous, DateTimeOffset.UtcNow.AddSeconds(-1)));

        var verdicts = await peer.VerifyAsync(
            SignedDelivery.Of(during, RequestBody, _secret.Reveal()),
            SignedDelivery.Of(during, RequestBody, previous.Reveal()),
            SignedDelivery.Of(after, RequestBody, _secret.Reveal()),
            SignedDelivery.Of(after, RequestBody, previous.Reveal()));

        Assert.Equal([true, true, true, false], verdicts);
    }

    [Fact]
    public async Task The_reference_implementation_rejects_a_changed_delivery()
    {
        var genuine = SignedDelivery.Of(new SigningKeys.Secrets(_secret), RequestBody, _secret.Reveal());
        var later = DateTimeOffset.UtcNow.AddSeconds(2).ToUnixTimeSeconds().ToString(System.Globalization.CultureInfo.InvariantCulture);

        var verdicts = await peer.VerifyAsync(
            genuine,
            genuine with { Body = [.. RequestBody, (byte)' '] },
            genuine.With("webhook-id", "msg_other"),
            genuine.With("webhook-timestamp", later),
            genuine with { Secret = WebhookSecret.Create().Reveal() });

        Assert.Equal([true, false, false, false, false], verdicts);
    }

    [Fact]
    public async Task Node_js_accepts_v1a_signatures_with_each_published_key()
    {
        using var keySet = WebhookKeySet.Parse(TestKeys.Create(3));
        using var other = WebhookKeySet.Parse(TestKeys.Create(1));
        var genuine = SignedDelivery.Of(new SigningKeys.KeyPairs(keySet), RequestBody, publicKeys: keySet.Published.Keys);

        var verdicts = await peer.VerifyAsync(
            genuine,
            genuine with { Body = [.. RequestBody, (byte)' '] },
            genuine.With("webhook-id", "msg_other"),
            genuine with { Keys = other.Published.Keys });

        Assert.Equal([true, false, false, false], verdicts);
    }

    [Fact]
    public async Task Node_js_accepts_v1a_signatures_only_with_the_keys_of_their_endpoint()
    {
        using var keySet = WebhookKeySet.Parse(TestKeys.Create(2));
        var genuine = SignedDelivery.Of(new SigningKeys.KeyPairs(keySet, "ep_1"), RequestBody, publicKeys: KeysOf("ep_1"));

        var verdicts = await peer.VerifyAsync(
            genuine,
            genuine with { Keys = KeysOf("ep_2") },
            genuine with { Keys = keySet.Published.Keys },
            SignedDelivery.Of(new SigningKeys.KeyPairs(keySet, "ep_2"), RequestBody, publicKeys: KeysOf("ep_1")));

        Assert.Equal([true, false, true, false], verdicts);

        IReadOnlyList<JsonWebKey> KeysOf(string endpoint) =>
            JsonSerializer.Deserialize<JsonWebKeySet>(keySet.ToJson(endpoint), JsonSerializerOptions.Web)!.Keys;
    }
}
