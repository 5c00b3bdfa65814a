using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace ServerlessScale.Shared.Images;

/// <summary>
/// An image's public name: 26 characters of lower-case Crockford base32, 130 random bits. It is not guessable, and since nothing
/// else parses as one it is safe as a blob name and as a URL segment.
/// </summary>
public readonly record struct ImageId
{
    public const int Length = 26;

    private ImageId(string value) => Value = value;

    public string Value { get; }

    public static ImageId New() => new(RandomNumberGenerator.GetString(Base32.Alphabet, Length));

    /// <summary>Accepts the exact shape only: upper case, padding, dots or percent signs are not an id.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out ImageId id)
    {
        if (text is { Length: Length } && Base32.IsValid(text))
        {
            id = new ImageId(text);
            return true;
        }

        id = default;
        return false;
    }

    public override string ToString() => Value;
}
