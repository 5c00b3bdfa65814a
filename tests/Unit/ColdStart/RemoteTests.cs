using Microsoft.AspNetCore.Http;
using ServerlessScale.ColdStart.Remote;
using ServerlessScale.Local;
using ServerlessScale.Tests.Unit.Http;

namespace ServerlessScale.Tests.Unit.ColdStart;

public sealed class RemoteTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Only_answers_of_instances_that_are_new_and_cold_count()
    {
        // The instance that was warmed up, warm again; a new one; the same, claiming to be cold; an error; another new one.
        var answers = new Queue<(string Instance, bool Cold, int Status)>(
            [("a", true, 200), ("a", false, 200), ("b", true, 200), ("b", true, 200), ("c", true, 503), ("d", true, 200)]);
        await using var server = await LocalHttpServer.StartAsync(http =>
        {
            var (instance, cold, status) = answers.Dequeue();
            return AnswerAsync(http, instance, cold, status);
        });

        var seen = new List<(string? Instance, bool Counts)>();
        var sampling = await ColdSampling.TakeAsync(
            new(server.Client, ""), runs: 2, _ => Task.CompletedTask, (answer, counts) => seen.Add((answer.Instance, counts)), Ct);

        Assert.Equal(["b", "d"], sampling.Cold.Select(answer => answer.Instance));
        Assert.Equal(3, sampling.Dropped);
        Assert.Equal([("a", false), ("b", true), ("b", false), ("c", false), ("d", true)], seen);
    }

    [Fact]
    public async Task An_app_that_is_never_cold_is_given_up()
    {
        var requests = 0;
        await using var server = await LocalHttpServer.StartAsync(http =>
        {
            requests++;
            return AnswerAsync(http, "a", cold: false);
        });

        var sampling = await ColdSampling.TakeAsync(new(server.Client, ""), runs: 2, _ => Task.CompletedTask, (_, _) => { }, Ct);

        Assert.Empty(sampling.Cold);
        Assert.Equal(7, requests);
    }

    [Fact]
    public async Task A_restart_asks_the_hosts_admin_API_with_the_master_key()
    {
        var asked = "";
        await using var server = await LocalHttpServer.StartAsync(http =>
        {
            asked = $"{http.Request.Method} {http.Request.Path} {http.Request.Headers["x-functions-key"]}";
            http.Response.StatusCode = asked.EndsWith(" secret", StringComparison.Ordinal) ? 202 : 401;
            return Task.CompletedTask;
        });
        var app = new RemoteApp(server.Client, "");

        await app.RestartAsync("secret", Ct);

        Assert.Equal("POST /admin/host/restart secret", asked);
        var refusal = await Assert.ThrowsAsync<LocalCloudException>(() => app.RestartAsync("wrong", Ct));
        Assert.Contains("401", refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("wrong", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_burst_is_sent_at_once_and_tells_how_many_were_cold_on_how_many_instances()
    {
        const int Parallel = 8;
        var arrived = 0;
        var all = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await LocalHttpServer.StartAsync(async http =>
        {
            // Nobody is answered before all are there, which a client that sent one after the other would never bring about.
            var number = Interlocked.Increment(ref arrived);
            if (number == Parallel)
            {
                all.SetResult();
            }

            await all.Task.WaitAsync(http.RequestAborted);
            await AnswerAsync(http, $"i{number % 3}", cold: number <= 3, number == Parallel ? 503 : 200);
        });

        var burst = await Burst.SendAsync(new(server.Client, ""), Parallel, Ct);

        Assert.Equal((Parallel, 3, 3, 1), (burst.Answers.Count, burst.Instances, burst.Cold, burst.Failed));
    }

    private static Task AnswerAsync(HttpContext http, string instance, bool cold, int status = 200)
    {
        http.Response.StatusCode = status;
        http.Response.Headers["X-Instance-Id"] = instance;
        http.Response.Headers["X-Cold-Start"] = cold ? "true" : "false";
        return http.Response.WriteAsync("ok", http.RequestAborted);
    }
}
