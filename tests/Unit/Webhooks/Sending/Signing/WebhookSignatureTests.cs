using System.Text;
using ServerlessScale.Shared.Webhooks.Sending.Signing;

namespace ServerlessScale.Tests.Unit.Webhooks.Sending.Signing;

public sealed class WebhookSignatureTests
{
    private static readonly DateTimeOffset At = DateTimeOffset.FromUnixTimeSeconds(1_614_265_330);

    private readonly WebhookSecret _secret = WebhookSecret.Parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");

    [Fact]
    public void The_signature_matches_the_example_of_the_reference_libraries()
    {
        var headers = WebhookSignature.Headers(
            new SigningKeys.Secrets(_secret), "msg_p5jXN8AQM9LWM0D4loKWxJek", At, Encoding.UTF8.GetBytes("{\"test\": 2432232314}"));

        Assert.Equal(
            new WebhookHeaders("msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="), headers);
    }

    [Fact]
    public void After_a_secret_rotation_the_new_secret_signs_first()
    {
        var previous = WebhookSecret.Create();
        var keys = new SigningKeys.Secrets(_secret, new ReplacedSecret(previous, At.AddHours(24)));

        Assert.Equal($"{Alone(_secret, At)} {Alone(previous, At)}", Signature(keys, At));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void The_previous_secret_does_not_sign_after_its_expiry(int secondsLater)
    {
        var keys = new SigningKeys.Secrets(_secret, new ReplacedSecret(WebhookSecret.Create(), At));
        var at = At.AddSeconds(secondsLater);

        Assert.Equal(Alone(_secret, at), Signature(keys, at));
    }

    [Fact]
    public void Every_replaced_secret_signs_until_its_own_expiry()
    {
        var (newer, older) = (WebhookSecret.Create(), WebhookSecret.Create());
        var keys = new SigningKeys.Secrets(_secret, new ReplacedSecret(newer, At.AddHours(2)), new ReplacedSecret(older, At.AddHours(1)));

        Assert.Equal($"{Alone(_secret, At)} {Alone(newer, At)} {Alone(older, At)}", Signature(keys, At));
        Assert.Equal($"{Alone(_secret, At.AddHours(1))} {Alone(newer, At.AddHours(1))}", Signature(keys, At.AddHours(1)));
    }

    [Fact]
    public void Every_signing_key_pair_adds_a_signature()
    {
        using var keys = WebhookKeySet.Parse(TestKeys.Create(2));

        string[] signatures = Signature(new SigningKeys.KeyPairs(keys), At).Split(' ');

        Assert.Equal(2, signatures.Distinct().Count());
        Assert.All(signatures, signature => Assert.Equal(64, Convert.FromBase64String(signature["v1a,".Length..]).Length));
    }

    [Fact]
    public void The_signed_body_can_be_empty_or_binary()
    {
        var empty = WebhookSignature.Headers(new SigningKeys.Secrets(_secret), "m", At, []);
        var binary = WebhookSignature.Headers(new SigningKeys.Secrets(_secret), "m", At, [0xFF, 0x00]);

        Assert.NotEqual(empty.Signature, binary.Signature);
    }

    [Theory]
    [InlineData("")]
    [InlineData("msg.1")] // with another full stop, the signed text would be ambiguous
    [InlineData("msg 1")]
    [InlineData("msg\r\nx: y")]
    [InlineData("msgé")]
    public void A_message_id_with_invalid_characters_is_rejected(string id) => Assert.Throws<ArgumentException>(
        () => WebhookSignature.Headers(new SigningKeys.Secrets(_secret), id, At, []));

    [Fact]
    public void A_message_id_has_at_most_200_characters()
    {
        var keys = new SigningKeys.Secrets(_secret);

        Assert.Equal(200, WebhookSignature.Headers(keys, new string('a', 200), At, []).Id.Length);
        Assert.Throws<ArgumentException>(() => WebhookSignature.Headers(keys, new string('a', 201), At, []));
    }

    private static string Alone(WebhookSecret secret, DateTimeOffset at) => Signature(new SigningKeys.Secrets(secret), at);

    private static string Signature(SigningKeys keys, DateTimeOffset at) =>
        WebhookSignature.Headers(keys, "msg_1", at, "{}"u8).Signature;
}
