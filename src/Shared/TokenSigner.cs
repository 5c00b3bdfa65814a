using System.Diagnostics.CodeAnalysis;

namespace ServerlessScale.Shared;

/// <summary>Signs content that clients store and send back (<see cref="SignedToken"/>) with one key.</summary>
/// <param name="key">The signing key in base64.</param>
public sealed class TokenSigner(string key)
{
    private readonly byte[] _key = Convert.FromBase64String(key);

    /// <param name="purpose">The use of the token. A token that is signed for one purpose is not accepted for another purpose.</param>
    public string Sign(string purpose, ReadOnlySpan<byte> content) => SignedToken.Sign(_key, purpose, content);

    /// <returns>False when the text is not a token that was signed with this key for this purpose.</returns>
    public bool TryRead(string purpose, string text, [NotNullWhen(true)] out byte[]? content) =>
        SignedToken.TryRead(_key, purpose, text, out content);
}
