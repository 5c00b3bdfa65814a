using System.Buffers;

namespace ServerlessScale.Shared;

/// <summary>
/// Crockford's base32 encoding in lower case. The alphabet is in ordinal order, so encoded numbers of equal length sort like the numbers
/// themselves. Every character is safe in URLs, blob names and table keys.
/// </summary>
internal static class Base32
{
    /// <summary>The digits and the lower-case letters except i, l, o and u.</summary>
    public const string Alphabet = "0123456789abcdefghjkmnpqrstvwxyz";

    /// <summary>The number of bits that one character encodes.</summary>
    public const int Bits = 5;

    private static readonly SearchValues<char> Allowed = SearchValues.Create(Alphabet);

    public static bool IsValid(ReadOnlySpan<char> text) => !text.ContainsAnyExcept(Allowed);

    /// <summary>Encodes the lowest 5 * <paramref name="length"/> bits of a value, starting with the most significant bit.</summary>
    public static string Encode(long value, int length) => string.Create(length, value, static (characters, remaining) =>
    {
        for (var i = characters.Length - 1; i >= 0; i--, remaining >>>= Bits)
        {
            characters[i] = Alphabet[(int)(remaining & 31)];
        }
    });
}
