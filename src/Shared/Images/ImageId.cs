using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using ServerlessScale.Shared.Idempotency;

namespace ServerlessScale.Shared.Images;

/// <summary>
/// The public id of an image, which has 26 characters of lower-case Crockford base32. They encode 130 random bits, so ids cannot be
/// guessed. A parsed id contains no other characters, so it is safe in blob names and in URL paths.
/// </summary>
public readonly record struct ImageId
{
    public const int Length = 26;

    private ImageId(string value) => Value = value;

    public string Value { get; }

    public static ImageId New() => new(RandomNumberGenerator.GetString(Base32.Alphabet, Length));

    /// <summary>Returns the id of the image that an operation creates.</summary>
    internal static ImageId Of(Operation operation) => new(operation.Characters("image", Length));

    /// <summary>
    /// Accepts exactly <see cref="Length"/> characters of <see cref="Base32.Alphabet"/>. Upper-case letters are rejected.
    /// </summary>
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
