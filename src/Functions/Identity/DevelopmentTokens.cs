using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;

namespace ServerlessScale.Functions.Identity;

/// <summary>Tokens that a developer's machine issues to itself.</summary>
internal static class DevelopmentTokens
{
    public const string Issuer = "urn:serverlessscale:development";

    /// <summary>RFC 7518 section 3.2: a key of the hash's size or larger.</summary>
    private const int MinimumKeyBytes = 32;

    public static bool TryReadKey(string base64, [NotNullWhen(true)] out byte[]? key)
    {
        key = Base64.IsValid(base64) ? Convert.FromBase64String(base64) : null;
        if (key is not { Length: >= MinimumKeyBytes })
        {
            key = null;
        }

        return key is not null;
    }
}
