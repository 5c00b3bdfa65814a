namespace ServerlessScale.Tests.Integration;

/// <summary>Waits for what happens in another process, generously: the machines that run tests are noisy.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    public static async Task TrueAsync(Func<Task<bool>> condition, string what)
    {
        var until = DateTime.UtcNow + Limit;
        while (!await condition())
        {
            Assert.True(DateTime.UtcNow < until, $"Waited {Limit.TotalSeconds:0} s in vain: {what}.");
            await Task.Delay(100, TestContext.Current.CancellationToken);
        }
    }
}
