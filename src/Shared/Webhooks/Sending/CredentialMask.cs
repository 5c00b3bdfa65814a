namespace ServerlessScale.Shared.Webhooks.Sending;

/// <summary>
/// Removes the values of an endpoint's own headers from the recorded response of its receiver. Some receivers repeat the headers of a
/// request in their error pages. The values are credentials, which are stored encrypted and which no response shows. Attempts are stored
/// as plain text, and everybody who may manage the customer's endpoints can read them.
/// </summary>
public sealed class CredentialMask
{
    /// <summary>The text that replaces a value.</summary>
    public const string Replacement = "***";

    /// <summary>
    /// The minimum number of characters of a value that is masked. Shorter values, such as <c>eu</c>, are hardly credentials, and could
    /// occur by chance in any response.
    /// </summary>
    public const int MinLength = 8;

    private readonly string[] _values;

    /// <param name="headers">The headers that the customer has added to the endpoint.</param>
    public CredentialMask(IReadOnlyDictionary<string, string> headers) =>
        _values =
        [
            .. headers.Values
                // In "Bearer abc", the part after the scheme is masked even if it occurs alone (RFC 9110 section 11.4).
                .SelectMany(value => (string[])[value, value[(value.IndexOf(' ', StringComparison.Ordinal) + 1)..]])
                .Where(value => value.Length >= MinLength)
                .Distinct(StringComparer.Ordinal)
                // A value can contain another one.
                .OrderByDescending(value => value.Length),
        ];

    /// <summary>Replaces each value in the text with <see cref="Replacement"/>.</summary>
    /// <param name="text">
    /// A text of the receiver. It may have been cut off, so the beginning of a value at the end of the text is replaced, too.
    /// </param>
    public string Apply(string text)
    {
        foreach (var value in _values)
        {
            text = text.Replace(value, Replacement, StringComparison.Ordinal);
        }

        foreach (var value in _values)
        {
            for (var length = Math.Min(value.Length - 1, text.Length); length >= MinLength; length--)
            {
                if (text.AsSpan().EndsWith(value.AsSpan(0, length), StringComparison.Ordinal))
                {
                    return string.Concat(text.AsSpan(0, text.Length - length), Replacement);
                }
            }
        }

        return text;
    }
}
