using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using ServerlessScale.Shared.Idempotency;

namespace ServerlessScale.Shared.Webhooks.Endpoints;

/// <summary>
/// The id of an endpoint: 23 characters from <c>[a-z0-9_]</c>. It consists of <c>ep_</c>, the time of the endpoint's creation and 55 random
/// bits. The time is encoded so that ids sort newest first.
/// </summary>
public readonly record struct EndpointId
{
    /// <summary>The regular expression (ECMA-262) in the API description, which matches exactly the ids that <see cref="TryParse"/> accepts.</summary>
    public const string Pattern = "^ep_[0-9a-hjkmnp-tv-z]{20}$";

    internal const string Prefix = "ep_";

    /// <summary>A string that sorts after every id, for range queries.</summary>
    internal const string End = "ep`";

    /// <summary>The length of an id without its prefix.</summary>
    internal const int PartLength = ReverseTime.Length + RandomLength;

    private const int RandomLength = 11;

    private EndpointId(string value) => Value = value;

    public string Value { get; }

    /// <summary>The id without its prefix. Delivery ids contain this string.</summary>
    internal string Part => Value[Prefix.Length..];

    public static EndpointId New(DateTimeOffset now) =>
        new(string.Concat(Prefix, ReverseTime.Of(now), RandomNumberGenerator.GetString(Base32.Alphabet, RandomLength)));

    /// <summary>Returns the id of the endpoint that an operation creates.</summary>
    internal static EndpointId Of(Operation operation) =>
        new(string.Concat(Prefix, ReverseTime.Of(operation.StartedAt), operation.Characters("endpoint", RandomLength)));

    /// <summary>Parses an id. Accepts only the exact format, so a parsed id is safe to use as a table key.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out EndpointId id)
    {
        var valid = text is { Length: 3 + PartLength }
            && text.StartsWith(Prefix, StringComparison.Ordinal)
            && Base32.IsValid(text.AsSpan(Prefix.Length));
        id = valid ? new(text!) : default;
        return valid;
    }

    public override string ToString() => Value;
}
