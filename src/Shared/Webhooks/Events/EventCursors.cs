using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Options;
using ServerlessScale.Shared.Storage;

namespace ServerlessScale.Shared.Webhooks.Events;

/// <summary>
/// Creates and reads the cursors of the event listing. A cursor contains the key of the last event on the previous page. It is signed, and
/// it is valid only for one customer and one filter. The signing key is derived from <c>Webhooks:EncryptionKey</c> (HKDF, RFC 5869), so
/// that operators need not create another key.
/// </summary>
public sealed class EventCursors(IOptions<WebhookOptions> options)
{
    private const string Purpose = "event-cursor";

    private readonly byte[] _key = HKDF.DeriveKey(
        HashAlgorithmName.SHA256, Convert.FromBase64String(options.Value.EncryptionKey), outputLength: 32, info: Encoding.UTF8.GetBytes(Purpose));

    /// <param name="last">The key of the last event on the previous page.</param>
    public string After(string last, string customerId, string? type, DateTimeOffset? since) => SignedToken.Sign(
        _key, Purpose, JsonSerializer.SerializeToUtf8Bytes(Content(last, customerId, type, since), WebhookJson.Default.EventCursorContent));

    /// <returns>False when the text is not a cursor of this customer for this filter.</returns>
    public bool TryRead(string text, string customerId, string? type, DateTimeOffset? since, [NotNullWhen(true)] out string? last)
    {
        last = SignedToken.TryRead(_key, Purpose, text, out var bytes)
            && JsonSerializer.Deserialize(bytes, WebhookJson.Default.EventCursorContent) is { } content
            && content == Content(content.Last, customerId, type, since)
                ? content.Last
                : null;
        return last is not null;
    }

    private static EventCursorContent Content(string last, string customerId, string? type, DateTimeOffset? since) =>
        new(CustomerKey.Of(customerId), type, since, last);
}

internal sealed record EventCursorContent(string Customer, string? Type, DateTimeOffset? Since, string Last);
