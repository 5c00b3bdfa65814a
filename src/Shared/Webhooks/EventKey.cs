using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace ServerlessScale.Shared.Webhooks;

/// <summary>
/// The table key of an event and of its deliveries: the event's time and 80 bits of a hash of the event's id. The time is encoded so that
/// keys sort newest first. The key is computed from the event alone, so an event that arrives twice gets the same key.
/// </summary>
internal static class EventKey
{
    public const int Length = ReverseTime.Length + HashLength;

    private const int HashLength = 16;

    public static string Of(string eventId, DateTimeOffset eventTime) => ReverseTime.Of(eventTime) + HashOf(eventId);

    /// <summary>Returns the part of the key that depends only on the event's id.</summary>
    public static string HashOf(string eventId)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(eventId));
        return string.Concat(
            Base32.Encode(BinaryPrimitives.ReadInt64BigEndian(hash), HashLength / 2),
            Base32.Encode(BinaryPrimitives.ReadInt64BigEndian(hash.AsSpan(8)), HashLength / 2));
    }

    /// <summary>Returns the hash that a key contains.</summary>
    public static string HashIn(string key) => key[ReverseTime.Length..];
}
