using System.Globalization;
using System.Net;

namespace ServerlessScale.Tests.Integration.Host;

/// <summary>Given requests in flight, when the worker dies or hangs, then their clients are told and a new worker takes over.</summary>
public sealed class WorkerLossTests(ProbeCloud probe) : IClassFixture<ProbeCloud>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_killed_worker_fails_its_request_with_503_and_is_replaced()
    {
        var before = await probe.Http.GetStringAsync("probe/pid", Ct);
        var hanging = probe.Http.GetAsync("probe/hang", Ct);
        await Task.Delay(300, Ct);

        Assert.Equal(before, probe.Cloud.KillWorker()!.Value.ToString(CultureInfo.InvariantCulture));

        using var lost = await hanging;
        Assert.Equal(HttpStatusCode.ServiceUnavailable, lost.StatusCode);
        Assert.NotNull(lost.Headers.RetryAfter);
        Assert.Equal("application/problem+json", lost.Content.Headers.ContentType!.MediaType);
        Assert.NotEqual(before, await probe.Http.GetStringAsync("probe/pid", Ct));
    }

    [Fact]
    public async Task A_killed_worker_cuts_an_answer_that_had_begun()
    {
        using var response = await probe.Http.GetAsync("probe/halves/cut", HttpCompletionOption.ResponseHeadersRead, Ct);
        await using var body = await response.Content.ReadAsStreamAsync(Ct);
        await body.ReadExactlyAsync(new byte["first ".Length], Ct);

        probe.Cloud.KillWorker();

        // An orderly end would make the client believe that it has everything.
        await Assert.ThrowsAnyAsync<IOException>(() => body.CopyToAsync(Stream.Null, Ct));
    }

    [Fact]
    public async Task Requests_wait_for_the_worker_that_is_being_started()
    {
        // The one that another test has killed may still be missing.
        await GetUntilServedAsync();
        var killed = probe.Cloud.KillWorker();
        await Eventually.TrueAsync(() => Task.FromResult(probe.Cloud.WorkerProcessId != killed), "the death is noticed");

        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => GetUntilServedAsync()));

        Assert.NotEqual(killed!.Value.ToString(CultureInfo.InvariantCulture), Assert.Single(answers.Distinct()));
    }

    [Fact]
    public async Task A_function_that_runs_past_functionTimeout_is_stopped()
    {
        var before = await probe.Http.GetStringAsync("probe/pid", Ct);

        using var stuck = await probe.Http.GetAsync("probe/stuck", Ct);

        Assert.Equal(HttpStatusCode.GatewayTimeout, stuck.StatusCode);
        Assert.NotEqual(before, await GetUntilServedAsync());
    }

    /// <summary>A request that reaches the dying worker gets 503 and may be repeated, as its Retry-After says.</summary>
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
