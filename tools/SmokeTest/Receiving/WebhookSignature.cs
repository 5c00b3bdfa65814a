using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace ServerlessScale.SmokeTest.Receiving;

/// <summary>
/// Verifies the <c>v1</c> signature of Standard Webhooks: HMAC-SHA256 of <c>{id}.{timestamp}.{body}</c>. The code does not use the shop's
/// own code, so that an error there is detected here.
/// </summary>
internal static class WebhookSignature
{
    private const string SecretPrefix = "whsec_";
    private static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(5);

    /// <returns>Why the webhook is not genuine; null if it is.</returns>
    public static string? Refuse(Webhook webhook, string secret, DateTimeOffset now)
    {
        if (!long.TryParse(webhook.Timestamp, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            || Math.Abs(now.ToUnixTimeSeconds() - seconds) > Tolerance.TotalSeconds)
        {
            return $"The webhook-timestamp \"{webhook.Timestamp}\" is not within five minutes of this machine's clock.";
        }

        var key = new byte[secret.Length];
        if (!secret.StartsWith(SecretPrefix, StringComparison.Ordinal)
            || !Convert.TryFromBase64String(secret[SecretPrefix.Length..], key, out var length))
        {
            return "The secret of the endpoint is not whsec_ followed by base64.";
        }

        byte[] signed = [.. Encoding.UTF8.GetBytes($"{webhook.Id}.{webhook.Timestamp}."), .. webhook.Body];
        var expected = Encoding.UTF8.GetBytes("v1," + Convert.ToBase64String(HMACSHA256.HashData(key.AsSpan(0, length), signed)));
        return webhook.Signature.Split(' ').Any(signature => CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(signature), expected))
            ? null
            : "No signature in webhook-signature belongs to the secret of the endpoint and to the received body.";
    }
}
