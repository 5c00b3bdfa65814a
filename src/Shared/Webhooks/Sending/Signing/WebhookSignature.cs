using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace ServerlessScale.Shared.Webhooks.Sending.Signing;

/// <summary>The three headers of a delivery (Standard Webhooks 1.0.0, "Webhook headers").</summary>
/// <param name="Id">The value of <see cref="IdName"/>. It is the same for every attempt, so that a receiver can discard duplicates.</param>
/// <param name="Timestamp">The value of <see cref="TimestampName"/>, which is the time of the attempt in Unix seconds.</param>
/// <param name="Signature">The value of <see cref="SignatureName"/>, which is one or more signatures separated by spaces.</param>
public sealed record WebhookHeaders(string Id, string Timestamp, string Signature)
{
    public const string IdName = "webhook-id";

    public const string TimestampName = "webhook-timestamp";

    public const string SignatureName = "webhook-signature";
}

/// <summary>Signs deliveries. The signed text is <c>id.timestamp.body</c> (Standard Webhooks 1.0.0, "Signature scheme").</summary>
public static class WebhookSignature
{
    public const int MaxMessageIdLength = 200;

    // An id must not contain a full stop. In the signed text, full stops separate the id, the timestamp and the body, so a full stop in an
    // id would allow two interpretations of the same text.
    private static readonly SearchValues<char> IdCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-");

    /// <summary>Signs a delivery and returns its headers.</summary>
    /// <param name="keys">The keys of the endpoint.</param>
    /// <param name="messageId">The event's id, which is the same for every attempt: 1 to 200 characters from <c>[A-Za-z0-9_-]</c>.</param>
    /// <param name="timestamp">The time of the attempt, which is sent in whole seconds.</param>
    /// <param name="body">The exact bytes of the body.</param>
    /// <exception cref="ArgumentException">
    /// <paramref name="messageId"/> is too long, is empty, or contains characters that are not allowed.
    /// </exception>
    public static WebhookHeaders Headers(SigningKeys keys, string messageId, DateTimeOffset timestamp, ReadOnlySpan<byte> body)
    {
        if (messageId.Length is 0 or > MaxMessageIdLength || messageId.AsSpan().ContainsAnyExcept(IdCharacters))
        {
            throw new ArgumentException($"A message id must have 1 to {MaxMessageIdLength} characters from A-Z, a-z, 0-9, _ and -.", nameof(messageId));
        }

        var seconds = timestamp.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        byte[] content = [.. Encoding.ASCII.GetBytes($"{messageId}.{seconds}."), .. body];
        return new WebhookHeaders(messageId, seconds, keys switch
        {
            SigningKeys.Secrets secrets => string.Join(
                ' ',
                secrets.Replaced.Where(replaced => timestamp < replaced.Until).Select(replaced => replaced.Secret).Prepend(secrets.Current)
                    .Select(secret => V1(secret, content))),
            SigningKeys.KeyPairs pairs => string.Join(' ', pairs.KeySet.Keys.Select(key => $"v1a,{Convert.ToBase64String(key.Sign(content))}")),
            _ => throw new ArgumentException($"Keys of type {keys.GetType().Name} cannot be used for signing.", nameof(keys)),
        });
    }

    private static string V1(WebhookSecret secret, ReadOnlySpan<byte> content)
    {
        Span<byte> mac = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(secret.Key, content, mac);
        return $"v1,{Convert.ToBase64String(mac)}";
    }
}
