using ServerlessScale.HttpFuzz;

namespace ServerlessScale.Tests.Integration.OpenApi;

/// <summary>Sends hostile requests for every operation in the API description. The command <c>http-fuzz</c> of <c>bench</c> sends more.</summary>
public sealed class HttpFuzzTests
{
    [Fact]
    public async Task Hostile_requests_get_described_problems_and_log_no_errors()
    {
        var result = await new FuzzRun(seed: 7).RunAsync(first: 0, count: 2_000, _ => { }, TestContext.Current.CancellationToken);

        Assert.Empty(result.Violations);
        Assert.Equal(
            Description.OfBuiltApp.Operations.Select(operation => operation.Id).Order(StringComparer.Ordinal),
            result.Operations.Where(operation => operation.Of(Answer.Success) > 0).Select(operation => operation.Operation).Order(StringComparer.Ordinal));
    }
}
