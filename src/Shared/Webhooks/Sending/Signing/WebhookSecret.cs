using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace ServerlessScale.Shared.Webhooks.Sending.Signing;

/// <summary>
/// The secret that the service shares with the owner of an endpoint: 24 to 64 bytes for HMAC-SHA256. Its text form is <c>whsec_</c>
/// followed by the bytes in base64 (Standard Webhooks 1.0.0, "Signature scheme").
/// </summary>
public sealed class WebhookSecret
{
    public const string Prefix = "whsec_";

    public const int MinBytes = 24;

    public const int MaxBytes = 64;

    /// <summary>
    /// The regular expression (ECMA-262) in the API description: 24 to 64 bytes in base64 with padding (RFC 4648 section 4). The code also
    /// accepts white space between the characters, which clients should not send.
    /// </summary>
    public const string Pattern =
        $"^{Prefix}(?:(?:{Digit}{{4}}){{8,21}}|(?:{Digit}{{4}}){{8,20}}{Digit}{{3}}=|(?:{Digit}{{4}}){{8,21}}{Digit}{{2}}==)$";

    private const string Digit = "[A-Za-z0-9+/]";

    private const int CreatedBytes = 32;

    private readonly byte[] _key;

    private WebhookSecret(byte[] key) => _key = key;

    internal ReadOnlySpan<byte> Key => _key;

    /// <summary>Creates a secret of 32 random bytes.</summary>
    public static WebhookSecret Create() => new(RandomNumberGenerator.GetBytes(CreatedBytes));

    /// <exception cref="FormatException">The text is not a valid secret. The message does not contain the text.</exception>
    public static WebhookSecret Parse(string text) => TryParse(text, out var secret)
        ? secret
        : throw new FormatException($"A webhook secret must be {Prefix} followed by {MinBytes} to {MaxBytes} bytes in base64.");

    public static bool TryParse(string? text, [NotNullWhen(true)] out WebhookSecret? secret)
    {
        secret = null;
        if (text is null || !text.StartsWith(Prefix, StringComparison.Ordinal)
            || !Base64.IsValid(text.AsSpan(Prefix.Length), out var length) || length is < MinBytes or > MaxBytes)
        {
            return false;
        }

        secret = new WebhookSecret(Convert.FromBase64String(text[Prefix.Length..]));
        return true;
    }

    /// <summary>Returns the text form of the secret, which is shown to the customer once and stored only in encrypted form.</summary>
    public string Reveal() => Prefix + Convert.ToBase64String(_key);

    /// <summary>Returns a placeholder that does not reveal the secret, because the result may be written to a log.</summary>
    public override string ToString() => Prefix + "***";
}
