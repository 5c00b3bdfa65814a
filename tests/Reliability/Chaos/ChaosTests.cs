using ServerlessScale.Bench.Chaos;
using ServerlessScale.Local.Build;

namespace ServerlessScale.Tests.Reliability.Chaos;

/// <summary>Short runs of <c>bench -- chaos</c>: shoppers use the complete system while a part of it is killed, stopped, slowed or cut off.</summary>
public sealed class ChaosTests
{
    private static readonly TimeSpan Length = TimeSpan.FromSeconds(12);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <param name="seed">Seed 2 runs a monolith with everything in tables, seed 3 microservices with StrictCosmos and Redis.</param>
    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public async Task No_acknowledged_write_is_lost_or_doubled_by_faults(int seed)
    {
        var log = TestContext.Current.TestOutputHelper!;
        var app = FunctionAppBuild.FindNewest(Repository.FindRoot());

        var result = await ChaosRun.RunAsync(app, new ChaosPlan(seed, Length, Shoppers: 4, EndsInstances: false), log.WriteLine, Ct);

        log.WriteLine($"{string.Join(", ", result.Faults)}; {result.Ledger.Repeated} attempts were repeated.");
        Assert.Empty(result.Violations);
        Assert.NotEmpty(result.Faults);
        Assert.NotEmpty(result.Ledger.Orders);
    }
}
