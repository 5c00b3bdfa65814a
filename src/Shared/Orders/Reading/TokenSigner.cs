using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Options;

namespace ServerlessScale.Shared.Orders.Reading;

/// <summary>
/// Signs the tokens of orders that clients store and send back (<see cref="SignedToken"/>). The signing key is the value of the
/// <c>Orders:CursorKey</c> setting.
/// </summary>
public sealed class TokenSigner(IOptions<OrderOptions> options)
{
    private readonly byte[] _key = Convert.FromBase64String(options.Value.CursorKey);

    /// <param name="purpose">The use of the token. A token that is signed for one purpose is not accepted for another purpose.</param>
    public string Sign(string purpose, ReadOnlySpan<byte> content) => SignedToken.Sign(_key, purpose, content);

    /// <returns>False when the text is not a token that was signed with this key for this purpose.</returns>
    public bool TryRead(string purpose, string text, [NotNullWhen(true)] out byte[]? content) =>
        SignedToken.TryRead(_key, purpose, text, out content);
}
