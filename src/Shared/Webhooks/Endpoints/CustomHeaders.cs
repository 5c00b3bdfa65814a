using System.Buffers;
using ServerlessScale.Shared.Problems;
using ServerlessScale.Shared.Webhooks.Sending;

namespace ServerlessScale.Shared.Webhooks.Endpoints;

/// <summary>
/// Validates the headers that a customer adds to the attempts at an endpoint, for example the credentials for a gateway in front of the
/// receiver.
/// </summary>
public static class CustomHeaders
{
    /// <summary>The text that responses show instead of a value.</summary>
    public const string Mask = CredentialMask.Replacement;

    public const int MaxCount = 10;

    public const int MaxNameLength = 64;

    public const int MaxValueLength = 1024;

    /// <summary>The regular expression (ECMA-262) of a token (RFC 9110 section 5.6.2) in the API description.</summary>
    public const string NamePattern = "^[!#$%&'*+.^_`|~0-9A-Za-z-]+$";

    /// <summary>
    /// The regular expression (ECMA-262) in the API description: printable ASCII characters, with spaces and tabs only between them, and not
    /// <see cref="Mask"/>.
    /// </summary>
    public const string ValuePattern = @"^(?!\*\*\*$)([!-~]([\t -~]*[!-~])?)?$";

    /// <summary>The characters of a token (RFC 9110 section 5.6.2). Header names are tokens.</summary>
    private static readonly SearchValues<char> TokenCharacters =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    /// <summary>The prefixes of the names that the sender itself sets, or that describe the body.</summary>
    private static readonly string[] ReservedPrefixes = ["webhook-", "content-", "proxy-"];

    /// <summary>
    /// The names that the sender or its HTTP client sets, the names of connection-specific headers (RFC 9110 section 7.6.1), and the names
    /// of headers that change how the request is transferred.
    /// </summary>
    private static readonly SearchValues<string> ReservedNames = SearchValues.Create(
        [
            "host", "user-agent", "connection", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade", "http2-settings", "expect", "date",
            // .NET accepts these names only for the headers of a body.
            "allow", "expires", "last-modified",
        ],
        StringComparison.OrdinalIgnoreCase);

    /// <returns>Null when all headers are allowed or there are none.</returns>
    public static Problem? Check(IReadOnlyDictionary<string, string>? headers)
    {
        if (headers is null)
        {
            return null;
        }

        if (headers.Count > MaxCount)
        {
            return WebhookProblems.HeadersTooMany(MaxCount);
        }

        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, value) in headers)
        {
            if ((NameError(name) ?? (names.Add(name) ? null : "The name is repeated. Names that differ only in case are equal.") ?? ValueError(value)) is { } error)
            {
                return WebhookProblems.HeaderInvalid(name, error);
            }
        }

        return null;
    }

    private static string? NameError(string name) =>
        name.Length is 0 or > MaxNameLength || name.AsSpan().ContainsAnyExcept(TokenCharacters)
            ? $"A header name must be a token (RFC 9110 section 5.6.2) of 1 to {MaxNameLength} characters."
        : ReservedNames.Contains(name) || ReservedPrefixes.Any(prefix => name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))
            ? "The shop or the connection sets this header itself. Choose another name."
        : null;

    // The text of an error never contains the value, because the value may be a credential.
    private static string? ValueError(string? value) =>
        value is null ? "The value must be a string."
        : value.Length > MaxValueLength ? $"The value has {value.Length} characters. At most {MaxValueLength} are accepted."
        : value == Mask ? $"{Mask} is the mask that responses show. Send the value itself."
        : value.Any(character => character is (< ' ' and not '\t') or > '~') || value.Trim(' ', '\t').Length != value.Length
            ? "A header value must consist of printable ASCII characters, with spaces and tabs only between them (RFC 9110 section 5.5)."
        : null;
}

/// <summary>The headers that a customer has added to an endpoint.</summary>
/// <param name="Names">The names, which responses show.</param>
/// <param name="Sealed">The names and values as a JSON object, encrypted by <see cref="SecretVault"/>, because values can be credentials.</param>
public sealed record SealedHeaders(IReadOnlyList<string> Names, string Sealed)
{
    /// <summary>The names with a mask instead of each value.</summary>
    public IReadOnlyDictionary<string, string> Masked() => Names.ToDictionary(name => name, _ => CustomHeaders.Mask);
}
