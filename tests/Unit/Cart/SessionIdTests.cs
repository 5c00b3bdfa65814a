using System.Buffers.Text;
using System.Security.Cryptography;
using ServerlessScale.Shared.Cart;

namespace ServerlessScale.Tests.Unit.Cart;

public sealed class SessionIdTests
{
    [Fact]
    public void A_session_id_consists_of_256_random_bits()
    {
        var sessions = Enumerable.Range(0, 1000).Select(_ => SessionId.New()).ToArray();

        Assert.All(sessions, session => Assert.Equal(32, Base64Url.DecodeFromChars(session.Value).Length));
        Assert.Equal(1000, sessions.Select(session => session.Value).Distinct().Count());
    }

    [Fact]
    public void StorageKey_and_ToString_return_the_SHA256_hash()
    {
        var session = SessionId.New();

        Assert.Equal(Base64Url.EncodeToString(SHA256.HashData(Base64Url.DecodeFromChars(session.Value))), session.StorageKey);
        Assert.Equal(session.StorageKey, $"{session}");
    }

    [Fact]
    public void A_generated_session_id_can_be_parsed()
    {
        var session = SessionId.New();

        Assert.True(SessionId.TryParse(session.Value, out var read));
        Assert.Equal((session.Value, session.StorageKey), (read.Value, read.StorageKey));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA+")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAA AAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAA\nAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAÄAAAAAAAAAAAAAAAAAAAAA")]
    public void A_malformed_session_id_is_rejected(string? text) => Assert.False(SessionId.TryParse(text, out _));
}
