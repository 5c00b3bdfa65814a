using System.Buffers;

namespace ServerlessScale.Shared;

/// <summary>
/// Crockford's base32 in lower case. Its characters ascend ordinally, so that encoded numbers sort as the numbers do, and they are safe
/// in URLs, blob names and table keys.
/// </summary>
internal static class Base32
{
    /// <summary>Digits and lower-case letters without i, l, o and u.</summary>
    public const string Alphabet = "0123456789abcdefghjkmnpqrstvwxyz";

    /// <summary>Bits per character.</summary>
    public const int Bits = 5;

    private static readonly SearchValues<char> Allowed = SearchValues.Create(Alphabet);

    public static bool IsValid(ReadOnlySpan<char> text) => !text.ContainsAnyExcept(Allowed);

    /// <summary>The lowest <paramref name="length"/> times five bits of the value, most significant first.</summary>
    public static string Encode(long value, int length) => string.Create(length, value, static (characters, remaining) =>
    {
        for (var i = characters.Length - 1; i >= 0; i--, remaining >>>= Bits)
        {
            characters[i] = Alphabet[(int)(remaining & 31)];
        }
    });
}
