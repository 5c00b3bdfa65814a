using ServerlessScale.Shared;

namespace ServerlessScale.Tests.Unit;

public sealed class TokenSignerTests
{
    private readonly TokenSigner _signer = Signer(1);

    [Fact]
    public void A_signed_token_can_be_read()
    {
        Assert.True(_signer.TryRead("cursor", _signer.Sign("cursor", "abc"u8), out var content));
        Assert.Equal("abc"u8.ToArray(), content);
    }

    [Fact]
    public void A_token_for_another_purpose_or_key_is_rejected()
    {
        Assert.False(_signer.TryRead("token", _signer.Sign("cursor", "abc"u8), out _));
        Assert.False(_signer.TryRead("cursor", Signer(2).Sign("cursor", "abc"u8), out _));
    }

    [Fact]
    public void A_token_with_any_changed_character_is_rejected()
    {
        var text = _signer.Sign("cursor", "some content"u8);
        for (var i = 0; i < text.Length; i++)
        {
            var changed = text[..i] + (text[i] == 'A' ? 'B' : 'A') + text[(i + 1)..];

            Assert.False(_signer.TryRead("cursor", changed, out var content) && !content.SequenceEqual("some content"u8.ToArray()), changed);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("YWJj")]
    [InlineData("YWJj.")]
    [InlineData(".YWJj")]
    [InlineData("YWJj.YWJj.YWJj")]
    [InlineData("ä.ö")]
    public void A_token_without_a_signature_is_rejected(string text) => Assert.False(_signer.TryRead("cursor", text, out _));

    [Fact]
    public void A_token_with_a_million_characters_is_rejected() =>
        Assert.False(_signer.TryRead("cursor", new string('A', 1_000_000) + "." + new string('A', 43), out _));

    private static TokenSigner Signer(byte key) =>
        new(Convert.ToBase64String([.. Enumerable.Repeat(key, 32)]));
}
