using System.Globalization;
using System.Net;

namespace ServerlessScale.Tests.Integration.FunctionHost;

/// <summary>Tests a worker that dies or hangs. Requests in flight get an error, and a new worker takes over.</summary>
public sealed class WorkerLossTests(ProbeHost probe) : IClassFixture<ProbeHost>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_request_gets_503_when_its_worker_is_killed()
    {
        var before = await probe.Http.GetStringAsync("probe/pid", Ct);
        var hanging = probe.Http.GetAsync("probe/hang", Ct);
        await Task.Delay(300, Ct);

        Assert.Equal(before, probe.Host.KillWorker()!.Value.ToString(CultureInfo.InvariantCulture));

        using var lost = await hanging;
        Assert.Equal(HttpStatusCode.ServiceUnavailable, lost.StatusCode);
        Assert.NotNull(lost.Headers.RetryAfter);
        Assert.Equal("application/problem+json", lost.Content.Headers.ContentType!.MediaType);
        Assert.NotEqual(before, await probe.Http.GetStringAsync("probe/pid", Ct));
    }

    [Fact]
    public async Task A_started_response_is_aborted_when_its_worker_dies()
    {
        using var response = await probe.Http.GetAsync("probe/halves/cut", HttpCompletionOption.ResponseHeadersRead, Ct);
        await using var body = await response.Content.ReadAsStreamAsync(Ct);
        await body.ReadExactlyAsync(new byte["first ".Length], Ct);

        probe.Host.KillWorker();

        // The connection must be aborted, because after a regular close the client would consider the body complete.
        await Assert.ThrowsAnyAsync<IOException>(() => body.CopyToAsync(Stream.Null, Ct));
    }

    [Fact]
    public async Task Requests_wait_while_the_worker_restarts()
    {
        // An earlier test may have just killed the worker.
        await GetUntilServedAsync();
        var killed = probe.Host.KillWorker();
        await Eventually.TrueAsync(() => Task.FromResult(probe.Host.WorkerProcessId != killed), "the host no longer uses the killed worker");

        var processIds = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => GetUntilServedAsync()));

        Assert.NotEqual(killed!.Value.ToString(CultureInfo.InvariantCulture), Assert.Single(processIds.Distinct()));
    }

    [Fact]
    public async Task A_function_that_exceeds_functionTimeout_gets_504_and_a_new_worker()
    {
        var before = await probe.Http.GetStringAsync("probe/pid", Ct);

        using var stuck = await probe.Http.GetAsync("probe/stuck", Ct);

        Assert.Equal(HttpStatusCode.GatewayTimeout, stuck.StatusCode);
        Assert.NotEqual(before, await GetUntilServedAsync());
    }

    /// <summary>Repeats the request until the response is not 503. The status 503 means that the worker is dying.</summary>
    private async Task<string> GetUntilServedAsync()
    {
        while (true)
        {
            using var response = await probe.Http.GetAsync("probe/pid", Ct);
            if (response.StatusCode != HttpStatusCode.ServiceUnavailable)
            {
                return await response.EnsureSuccessStatusCode().Content.ReadAsStringAsync(Ct);
            }

            await Task.Delay(100, Ct);
        }
    }
}
