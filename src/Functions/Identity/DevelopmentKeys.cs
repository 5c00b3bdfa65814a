using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;

namespace ServerlessScale.Functions.Identity;

/// <summary>
/// Derives keys from the development signing key, so that a developer's machine needs only one secret. Outside development, no key is
/// derived, because a deployment has a separate setting for each key.
/// </summary>
internal static class DevelopmentKeys
{
    private const int Length = 32;

    /// <param name="setting">
    /// The setting that the derived key replaces, e.g. <c>Orders:CursorKey</c>. Each setting gets a different key (HKDF, RFC 5869).
    /// </param>
    /// <returns>32 bytes; null outside development or when no development key is set.</returns>
    public static byte[]? Derive(IConfiguration configuration, IHostEnvironment environment, string setting)
    {
        var key = configuration[$"{AuthenticationOptions.Section}:{nameof(AuthenticationOptions.DevelopmentSigningKey)}"];
        return environment.IsDevelopment() && DevelopmentTokens.TryReadKey(key ?? "", out var secret)
            ? HKDF.DeriveKey(HashAlgorithmName.SHA256, secret, Length, salt: null, info: Encoding.UTF8.GetBytes(setting))
            : null;
    }
}
