using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace ServerlessScale.Shared.Webhooks.Sending;

/// <summary>
/// The secret that an endpoint shares with us, for HMAC-SHA256: 24 to 64 bytes, written as <c>whsec_</c> and base64
/// (Standard Webhooks 1.0.0, "Signature scheme").
/// </summary>
public sealed class WebhookSecret
{
    public const string Prefix = "whsec_";

    public const int MinBytes = 24;

    public const int MaxBytes = 64;

    private const int CreatedBytes = 32;

    private readonly byte[] _key;

    private WebhookSecret(byte[] key) => _key = key;

    internal ReadOnlySpan<byte> Key => _key;

    /// <summary>32 bytes from the system's random number generator.</summary>
    public static WebhookSecret Create() => new(RandomNumberGenerator.GetBytes(CreatedBytes));

    /// <exception cref="FormatException">The text is no secret; the message does not repeat it.</exception>
    public static WebhookSecret Parse(string text) => TryParse(text, out var secret)
        ? secret
        : throw new FormatException($"A webhook secret is {Prefix} and the base64 of {MinBytes} to {MaxBytes} bytes.");

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

    /// <summary>The secret itself, to be shown once and stored encrypted.</summary>
    public string Reveal() => Prefix + Convert.ToBase64String(_key);

    /// <summary>Says that it is a secret, not which: this text may end up in a log.</summary>
    public override string ToString() => Prefix + "***";
}
