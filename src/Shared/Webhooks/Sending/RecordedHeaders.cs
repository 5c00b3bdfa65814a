namespace ServerlessScale.Shared.Webhooks.Sending;

/// <summary>
/// Selects the response headers that are stored with an attempt. They show the customer which server responded, where a redirect leads,
/// and how the receiver's own log identifies the request. The number and the length of the stored headers are limited, because a receiver
/// can send 16 KiB of headers with every response.
/// </summary>
internal static class RecordedHeaders
{
    /// <summary>The maximum length of a stored value. A longer value is cut off.</summary>
    private const int MaxLength = 256;

    private static readonly string[] Names = ["content-type", "location", "retry-after", "server", "www-authenticate", "x-request-id"];

    /// <param name="mask">Removes the credentials of the endpoint, before a value is cut off.</param>
    public static IReadOnlyDictionary<string, string> Of(HttpResponseMessage response, CredentialMask mask)
    {
        var recorded = new Dictionary<string, string>();
        foreach (var name in Names)
        {
            if (response.Headers.NonValidated.TryGetValues(name, out var values) || response.Content.Headers.NonValidated.TryGetValues(name, out values))
            {
                // Several values of one header are joined, which is equivalent (RFC 9110 section 5.3).
                var value = mask.Apply(values.ToString());
                recorded[name] = value.Length <= MaxLength ? value : value[..MaxLength];
            }
        }

        return recorded;
    }
}
