using ServerlessScale.Shared.Webhooks.Sending;

namespace ServerlessScale.Tests.Unit.Webhooks.Sending;

public sealed class CredentialMaskTests
{
    private static readonly CredentialMask Mask = new(
        new Dictionary<string, string> { ["Authorization"] = "Bearer abcdefghij", ["X-Key"] = "0123456789", ["X-Region"] = "eu" });

    [Theory]
    [InlineData("", "")]
    [InlineData("Bearer expected in eu", "Bearer expected in eu")]
    [InlineData("got Authorization: Bearer abcdefghij and 0123456789", "got Authorization: *** and ***")]
    [InlineData("abcdefghij is unknown, as abcdefghij", "*** is unknown, as ***")]
    public void Values_of_headers_are_masked_in_a_response(string text, string masked) => Assert.Equal(masked, Mask.Apply(text));

    [Theory]
    [InlineData("key 012345678", "key ***")]
    [InlineData("key 01234567", "key ***")]
    [InlineData("key 0123456", "key 0123456")]
    [InlineData("Authorization: Bearer abcd", "Authorization: ***")]
    public void The_beginning_of_a_value_at_the_end_is_masked(string text, string masked) => Assert.Equal(masked, Mask.Apply(text));

    [Fact]
    public void Without_headers_the_text_is_unchanged() =>
        Assert.Equal("any text", new CredentialMask(new Dictionary<string, string>()).Apply("any text"));
}
