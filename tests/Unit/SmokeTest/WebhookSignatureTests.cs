using System.Text;
using ServerlessScale.SmokeTest.Receiving;

namespace ServerlessScale.Tests.Unit.SmokeTest;

public sealed class WebhookSignatureTests
{
    // The example of the reference implementations of Standard Webhooks (github.com/standard-webhooks/standard-webhooks, libraries).
    private const string Secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    private const long Timestamp = 1614265330;

    private static readonly Webhook Genuine = new(
        "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=", Encoding.UTF8.GetBytes("""{"test": 2432232314}"""));

    private static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeSeconds(Timestamp);

    [Fact]
    public void A_webhook_of_the_reference_implementation_is_genuine()
    {
        Assert.Null(WebhookSignature.Refuse(Genuine, Secret, Now));
        Assert.Null(WebhookSignature.Refuse(Genuine with { Signature = $"v1,AAAA v1a,BBBB {Genuine.Signature}" }, Secret, Now));
    }

    [Fact]
    public void A_changed_webhook_is_refused()
    {
        Assert.NotNull(WebhookSignature.Refuse(Genuine with { Body = "{}"u8.ToArray() }, Secret, Now));
        Assert.NotNull(WebhookSignature.Refuse(Genuine with { Id = "msg_2" }, Secret, Now));
        Assert.NotNull(WebhookSignature.Refuse(Genuine with { Signature = "" }, Secret, Now));
        Assert.NotNull(WebhookSignature.Refuse(Genuine with { Signature = Genuine.Signature.Replace("v1,", "v2,", StringComparison.Ordinal) }, Secret, Now));
        Assert.NotNull(WebhookSignature.Refuse(Genuine, "whsec_AAAA", Now));
        Assert.NotNull(WebhookSignature.Refuse(Genuine, "not a secret", Now));
    }

    [Theory]
    [InlineData(300, true)]
    [InlineData(-300, true)]
    [InlineData(301, false)]
    [InlineData(-301, false)]
    public void A_webhook_is_valid_for_five_minutes(int age, bool valid) =>
        Assert.Equal(valid, WebhookSignature.Refuse(Genuine, Secret, Now.AddSeconds(age)) is null);
}
