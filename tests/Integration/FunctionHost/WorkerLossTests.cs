using System.Globalization;
using System.Net;

namespace ServerlessScale.Tests.Integration.FunctionHost;

/// <summary>
/// Tests a worker that dies or hangs. The expected responses were recorded from Azure Functions host 4.1037 (see HostBehaviour/README.md).
/// </summary>
public sealed class WorkerLossTests(ProbeHost probe) : IClassFixture<ProbeHost>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_request_gets_an_empty_500_when_the_worker_is_killed()
    {
        var before = await GetUntilServedAsync();
        var hanging = probe.Http.GetAsync("probe/hang", Ct);
        await Task.Delay(300, Ct);

        Assert.Equal(before, probe.Host.KillWorker()!.Value.ToString(CultureInfo.InvariantCulture));

        using var lost = await hanging;
        Assert.Equal(HttpStatusCode.InternalServerError, lost.StatusCode);
        Assert.Equal(0, lost.Content.Headers.ContentLength);
        Assert.NotEqual(before, await GetUntilServedAsync());
    }

    [Fact]
    public async Task A_response_in_progress_is_aborted_when_the_worker_dies()
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
    public async Task A_request_that_exceeds_functionTimeout_gets_an_empty_500()
    {
        var before = await GetUntilServedAsync();

        using var stuck = await probe.Http.GetAsync("probe/stuck", Ct);

        Assert.Equal(HttpStatusCode.InternalServerError, stuck.StatusCode);
        Assert.Equal(0, stuck.Content.Headers.ContentLength);
        await Eventually.TrueAsync(async () => await GetUntilServedAsync() != before, "the worker that ignored its cancellation is replaced");
    }

    [Fact]
    public async Task The_third_worker_loss_restarts_the_host()
    {
        await using var own = new ProbeHost { RestartTime = TimeSpan.FromSeconds(3) };
        await own.InitializeAsync();
        for (var loss = 1; loss <= 3; loss++)
        {
            var killed = own.Host.KillWorker();
            await Eventually.TrueAsync(() => Task.FromResult(own.Host.WorkerProcessId != killed), "the host no longer uses the killed worker");
            using var next = await own.Http.GetAsync("probe/pid", Ct);

            Assert.Equal(loss < 3 ? HttpStatusCode.OK : HttpStatusCode.ServiceUnavailable, next.StatusCode);
        }

        await Eventually.TrueAsync(
            async () =>
            {
                using var later = await own.Http.GetAsync("probe/pid", Ct);
                return later.IsSuccessStatusCode;
            },
            "the restarted host serves requests");
    }

    /// <summary>
    /// Repeats the request until the response is neither 500 nor 503. These statuses mean that the worker is dying or that the host is
    /// restarting.
    /// </summary>
    private async Task<string> GetUntilServedAsync()
    {
        while (true)
        {
            using var response = await probe.Http.GetAsync("probe/pid", Ct);
            if (response.StatusCode is not (HttpStatusCode.InternalServerError or HttpStatusCode.ServiceUnavailable))
            {
                return await response.EnsureSuccessStatusCode().Content.ReadAsStringAsync(Ct);
            }

            await Task.Delay(100, Ct);
        }
    }
}
