using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Receiver;

/// <summary>Verifies webhooks that are signed with <c>v1</c>. Copy this file into your receiver. It needs no package.</summary>
/// <param name="secret">The secret that was shown when the endpoint was created: <c>whsec_...</c>.</param>
/// <param name="time">The clock that the age of a webhook is checked against.</param>
public sealed class WebhookVerifier(string secret, TimeProvider time)
{
    private static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(5);

    private readonly byte[] _key = Convert.FromBase64String(secret["whsec_".Length..]);

    /// <summary>Checks the signature, and that the webhook is at most five minutes old.</summary>
    /// <param name="id">The <c>webhook-id</c> header.</param>
    /// <param name="timestamp">The <c>webhook-timestamp</c> header.</param>
    /// <param name="signatures">The <c>webhook-signature</c> header.</param>
    /// <param name="body">The body, byte for byte as it arrived.</param>
    public bool IsGenuine(string? id, string? timestamp, string? signatures, ReadOnlySpan<byte> body)
    {
        if (id is null || signatures is null
            || !long.TryParse(timestamp, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            || Math.Abs(time.GetUtcNow().ToUnixTimeSeconds() - seconds) > Tolerance.TotalSeconds)
        {
            return false;
        }

        byte[] signed = [.. Encoding.UTF8.GetBytes($"{id}.{timestamp}."), .. body];
        var expected = Encoding.ASCII.GetBytes("v1," + Convert.ToBase64String(HMACSHA256.HashData(_key, signed)));
        // After a rotation, the old and the new secret both sign for a day. One valid signature is enough.
        return signatures.Split(' ').Any(signature =>
            CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(signature), expected));
    }
}
