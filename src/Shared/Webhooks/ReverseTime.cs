namespace ServerlessScale.Shared.Webhooks;

/// <summary>A moment as a text that sorts newest first: 9 characters of milliseconds, counted down.</summary>
internal static class ReverseTime
{
    public const int Length = 9;

    private const long Last = (1L << (Base32.Bits * Length)) - 1;

    public static string Of(DateTimeOffset moment) => Base32.Encode(Last - Math.Clamp(moment.ToUnixTimeMilliseconds(), 0, Last), Length);
}
