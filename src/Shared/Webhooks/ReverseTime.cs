namespace ServerlessScale.Shared.Webhooks;

/// <summary>
/// Writes a time as a text of 9 characters that sorts newest first: the milliseconds from the time until a fixed last moment, in base32.
/// </summary>
internal static class ReverseTime
{
    public const int Length = 9;

    private const long Last = (1L << (Base32.Bits * Length)) - 1;

    public static string Of(DateTimeOffset moment) => Base32.Encode(Last - Math.Clamp(moment.ToUnixTimeMilliseconds(), 0, Last), Length);
}
