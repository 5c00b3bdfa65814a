using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using ServerlessScale.Shared.Problems;

namespace ServerlessScale.Shared.Idempotency;

/// <summary>
/// A key that a client chooses for one operation, so that repeated requests are recognised (draft-ietf-httpapi-idempotency-key-header). It has
/// 1 to 255 printable ASCII characters. The header value may be a structured field string (RFC 9651 section 3.3.3). In that case, the
/// quotes are not part of the key. A key that contains a comma and a space must be sent as such a string, because an intermediary such as
/// the Functions host joins two lines of the same header with a comma and a space (RFC 9110 section 5.3).
/// </summary>
public sealed record IdempotencyKey
{
    public const string HeaderName = "Idempotency-Key";

    public const int MaxLength = 255;

    /// <summary>
    /// The regular expression (ECMA-262) in the API description: a key, or a structured field string (RFC 9651 section 3.3.3) that contains
    /// the key. <see cref="Parse"/> also accepts some values with quotes that are not such strings.
    /// </summary>
    public const string Pattern = """^(?!")(?!.*(?:, |,$))[ -~]{1,255}$|^"(?:[ !#-\[\]-~]|\\["\\]){1,255}"$""";

    /// <summary>The time during which a repeated request is recognised by its key.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(24);

    private IdempotencyKey(string recordId) => RecordId = recordId;

    /// <summary>
    /// The id of the key's record in the store. It contains a hash of the key, because stores do not allow every character in an id.
    /// </summary>
    public string RecordId { get; }

    /// <param name="values">The header's values; empty when the header was not sent.</param>
    /// <returns>The key, or a 400 problem: <c>idempotency-key-missing</c> or <c>idempotency-key-invalid</c>.</returns>
    public static Outcome<IdempotencyKey> Parse(IReadOnlyList<string?> values)
    {
        switch (values)
        {
            case []:
                return new Problem(
                    400, "idempotency-key-missing", "The idempotency key is missing",
                    $"Send {HeaderName} with a value that is new for each operation, such as a UUID. When you repeat the request, send the same value.")
                {
                    Pointer = HeaderName,
                };
            case [{ } text]:
                if (LooksJoined(text) && !IsStructuredFieldString(text))
                {
                    return Invalid(
                        "The value contains a comma and a space, or ends with a comma, as if the header had been sent more than once. "
                        + "Send the header once. If the comma is part of the key, enclose the key in double quotes.");
                }

                var key = Unquote(text);
                return key.Length is < 1 or > MaxLength || key.Any(c => c is < ' ' or > '~')
                    ? Invalid($"The key has {key.Length} characters. Send 1 to {MaxLength} printable ASCII characters.")
                    : new IdempotencyKey(RecordIdOf(key));
            default:
                return Invalid("The header was sent more than once. Send the header once.");
        }
    }

    /// <summary>
    /// Returns a key for an operation that the app itself performs. No client can send the same key, because it contains a control character.
    /// </summary>
    public static IdempotencyKey Own(string name) => new(RecordIdOf("\0" + name));

    private static string RecordIdOf(string key) => "idem_" + Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(key)));

    private static bool LooksJoined(string text) => text.Contains(", ", StringComparison.Ordinal) || text.EndsWith(',');

    /// <summary>
    /// Returns whether the text is exactly one RFC 9651 string. The result is false for two joined strings, because the quotes between them
    /// are not escaped.
    /// </summary>
    private static bool IsStructuredFieldString(string text)
    {
        if (text is not ['"', .. var inner, '"'])
        {
            return false;
        }

        for (var i = 0; i < inner.Length; i++)
        {
            if (inner[i] == '"' || (inner[i] == '\\' && (++i == inner.Length || inner[i] is not ('"' or '\\'))))
            {
                return false;
            }
        }

        return true;
    }

    private static string Unquote(string text) =>
        text is ['"', .. var inner, '"']
            ? inner.Replace("\\\"", "\"", StringComparison.Ordinal).Replace(@"\\", @"\", StringComparison.Ordinal)
            : text;

    private static Problem Invalid(string detail) =>
        new(400, "idempotency-key-invalid", "The idempotency key is not valid", detail) { Pointer = HeaderName };
}
