namespace ServerlessScale.Shared.Images;

internal static class Milliseconds
{
    /// <summary>To a tenth: finer would pretend.</summary>
    internal static double Rounded(TimeSpan time) => Math.Round(time.TotalMilliseconds, 1);
}
