using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace ServerlessScale.Shared.Webhooks.Endpoints;

/// <summary>
/// An endpoint's public name: <c>ep_</c>, when it was made (newest sorts first) and 55 random bits, 23 characters of <c>[a-z0-9_]</c>.
/// </summary>
public readonly record struct EndpointId
{
    internal const string Prefix = "ep_";

    /// <summary>Sorts after every id.</summary>
    internal const string End = "ep`";

    /// <summary>Without the prefix.</summary>
    internal const int PartLength = ReverseTime.Length + RandomLength;

    private const int RandomLength = 11;

    private EndpointId(string value) => Value = value;

    public string Value { get; }

    /// <summary>What delivery ids have of it.</summary>
    internal string Part => Value[Prefix.Length..];

    public static EndpointId New(DateTimeOffset now) =>
        new(string.Concat(Prefix, ReverseTime.Of(now), RandomNumberGenerator.GetString(Base32.Alphabet, RandomLength)));

    /// <summary>Accepts the exact shape only.</summary>
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
