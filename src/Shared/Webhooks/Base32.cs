using System.Buffers;

namespace ServerlessScale.Shared.Webhooks;

/// <summary>Crockford's base32 in lower case, whose characters ascend ordinally: ids that sort, and are safe in URLs and table keys.</summary>
internal static class Base32
{
    public const string Alphabet = "0123456789abcdefghjkmnpqrstvwxyz";

    private const int BitsPerCharacter = 5;

    private static readonly SearchValues<char> Allowed = SearchValues.Create(Alphabet);

    public static bool IsValid(ReadOnlySpan<char> text) => !text.ContainsAnyExcept(Allowed);

    /// <summary>The lowest bits of the value, most significant first.</summary>
    public static string Encode(long value, int length) => string.Create(length, value, static (characters, remaining) =>
    {
        for (var i = characters.Length - 1; i >= 0; i--, remaining >>>= BitsPerCharacter)
        {
            characters[i] = Alphabet[(int)(remaining & 31)];
        }
    });
}
