using System.Text.Json;
using ServerlessScale.Shared.Webhooks.Sending.Signing;

namespace ServerlessScale.Tests.Unit.Webhooks.Sending.Signing;

/// <summary>The input for verifying a delivery. Contains either a secret or public keys, the three headers, and the body.</summary>
internal sealed record SignedDelivery
{
    public static JsonSerializerOptions Json { get; } = new(JsonSerializerDefaults.Web);

    public string? Secret { get; init; }

    public IReadOnlyList<JsonWebKey>? Keys { get; init; }

    public required IReadOnlyDictionary<string, string> Headers { get; init; }

    /// <summary>The body. In JSON, it is encoded as base64.</summary>
    public required byte[] Body { get; init; }

    public static SignedDelivery Of(SigningKeys keys, byte[] body, string? secret = null, IReadOnlyList<JsonWebKey>? publicKeys = null)
    {
        var headers = WebhookSignature.Headers(keys, $"msg_{Guid.NewGuid():N}", DateTimeOffset.UtcNow, body);
        return new SignedDelivery
        {
            Secret = secret,
            Keys = publicKeys,
            Headers = new Dictionary<string, string>
            {
                ["webhook-id"] = headers.Id,
                ["webhook-timestamp"] = headers.Timestamp,
                ["webhook-signature"] = headers.Signature,
            },
            Body = body,
        };
    }

    /// <summary>Returns a copy with a different value for one header.</summary>
    public SignedDelivery With(string header, string value) =>
        this with { Headers = new Dictionary<string, string>(Headers) { [header] = value } };
}
