namespace ServerlessScale.Tests.Integration;

/// <summary>Polls until a condition that depends on another process is true. The timeout is long because machines can be slow.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    public static async Task TrueAsync(Func<Task<bool>> condition, string what)
    {
        var until = DateTime.UtcNow + Limit;
        while (!await condition())
        {
            Assert.True(DateTime.UtcNow < until, $"Waited {Limit.TotalSeconds:0} s, but this condition was never true: {what}.");
            await Task.Delay(100, TestContext.Current.CancellationToken);
        }
    }
}
