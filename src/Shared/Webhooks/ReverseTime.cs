namespace ServerlessScale.Shared.Webhooks;

/// <summary>
/// Encodes a time as a string of 9 characters that sorts newest first. The string is the number of milliseconds between the time and a
/// fixed time in the far future, in base32.
/// </summary>
internal static class ReverseTime
{
    public const int Length = 9;

    private const long Last = (1L << (Base32.Bits * Length)) - 1;

    public static string Of(DateTimeOffset moment) => Base32.Encode(Last - Math.Clamp(moment.ToUnixTimeMilliseconds(), 0, Last), Length);
}
