using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace ServerlessScale.Shared.Webhooks.Sending;

/// <summary>Signs a delivery as Standard Webhooks 1.0.0 has it: over <c>id.timestamp.body</c>.</summary>
public static class WebhookSignature
{
    public const int MaxMessageIdLength = 200;

    // Above all no full stop: an id that holds one could move the border between id, timestamp and body.
    private static readonly SearchValues<char> IdCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-");

    /// <param name="keys">Of the endpoint.</param>
    /// <param name="messageId">The same for every attempt, of <c>[A-Za-z0-9_-]</c>, 1 to 200 characters.</param>
    /// <param name="timestamp">Of the attempt; sent in whole seconds.</param>
    /// <param name="body">The very bytes that are sent.</param>
    /// <exception cref="ArgumentException"><paramref name="messageId"/> has other characters or another length.</exception>
    public static WebhookHeaders Headers(SigningKeys keys, string messageId, DateTimeOffset timestamp, ReadOnlySpan<byte> body)
    {
        if (messageId.Length is 0 or > MaxMessageIdLength || messageId.AsSpan().ContainsAnyExcept(IdCharacters))
        {
            throw new ArgumentException($"A message id has 1 to {MaxMessageIdLength} characters of A-Z, a-z, 0-9, _ and -.", nameof(messageId));
        }

        var seconds = timestamp.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        byte[] content = [.. Encoding.ASCII.GetBytes($"{messageId}.{seconds}."), .. body];
        return new WebhookHeaders(messageId, seconds, keys switch
        {
            SigningKeys.Secrets { Previous: { } previous, PreviousUntil: { } until } secrets when timestamp < until =>
                $"{V1(secrets.Current, content)} {V1(previous, content)}",
            SigningKeys.Secrets secrets => V1(secrets.Current, content),
            SigningKeys.KeyPairs pairs => string.Join(' ', pairs.KeySet.Keys.Select(key => $"v1a,{Convert.ToBase64String(key.Sign(content))}")),
            _ => throw new ArgumentException($"Keys of the kind {keys.GetType().Name} cannot sign.", nameof(keys)),
        });
    }

    private static string V1(WebhookSecret secret, ReadOnlySpan<byte> content)
    {
        Span<byte> mac = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(secret.Key, content, mac);
        return $"v1,{Convert.ToBase64String(mac)}";
    }
}
