namespace ServerlessScale.Bench.Webhooks.Delivery;

internal static class DelayShare
{
    /// <param name="ascending">Not empty.</param>
    /// <param name="share">0.5 for the median.</param>
    public static double At(this double[] ascending, double share) => ascending[Math.Max(0, (int)Math.Ceiling(share * ascending.Length) - 1)];
}
