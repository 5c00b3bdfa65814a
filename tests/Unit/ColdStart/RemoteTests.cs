using Microsoft.AspNetCore.Http;
using ServerlessScale.ColdStart.Remote;
using ServerlessScale.Measurement;
using ServerlessScale.Tests.Unit.Http;

namespace ServerlessScale.Tests.Unit.ColdStart;

public sealed class RemoteTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Only_responses_from_new_cold_instances_are_sampled()
    {
        // Instance a responds when it is cold and again when it is warm. Instance b reports twice that it is cold. Instance c responds with
        // an error. Instance d responds last.
        var responses = new Queue<(string Instance, bool Cold, int Status)>(
            [("a", true, 200), ("a", false, 200), ("b", true, 200), ("b", true, 200), ("c", true, 503), ("d", true, 200)]);
        await using var server = await LocalHttpServer.StartAsync(http =>
        {
            var (instance, cold, status) = responses.Dequeue();
            return RespondAsync(http, instance, cold, status);
        });

        var seen = new List<(string? Instance, bool Counts)>();
        var sampling = await ColdSampling.TakeAsync(
            new(server.Client, ""), runs: 2, _ => Task.CompletedTask, (response, counts) => seen.Add((response.Instance, counts)), Ct);

        Assert.Equal(["b", "d"], sampling.Cold.Select(response => response.Instance));
        Assert.Equal(3, sampling.Dropped);
        Assert.Equal([("a", false), ("b", true), ("b", false), ("c", false), ("d", true)], seen);
    }

    [Fact]
    public async Task Sampling_stops_if_no_response_is_cold()
    {
        var requests = 0;
        await using var server = await LocalHttpServer.StartAsync(http =>
        {
            requests++;
            return RespondAsync(http, "a", cold: false);
        });

        var sampling = await ColdSampling.TakeAsync(new(server.Client, ""), runs: 2, _ => Task.CompletedTask, (_, _) => { }, Ct);

        Assert.Empty(sampling.Cold);
        Assert.Equal(7, requests);
    }

    [Fact]
    public async Task Restart_calls_the_admin_API_with_the_master_key()
    {
        var received = "";
        await using var server = await LocalHttpServer.StartAsync(http =>
        {
            received = $"{http.Request.Method} {http.Request.Path} {http.Request.Headers["x-functions-key"]}";
            http.Response.StatusCode = received.EndsWith(" secret", StringComparison.Ordinal) ? 202 : 401;
            return Task.CompletedTask;
        });
        var app = new RemoteApp(server.Client, "");

        await app.RestartAsync("secret", Ct);

        Assert.Equal("POST /admin/host/restart secret", received);
        var refusal = await Assert.ThrowsAsync<CommandException>(() => app.RestartAsync("wrong", Ct));
        Assert.Contains("401", refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("wrong", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Burst_requests_are_concurrent_and_cold_instances_are_counted()
    {
        const int Parallel = 8;
        var arrived = 0;
        var all = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await LocalHttpServer.StartAsync(async http =>
        {
            // No response is sent until all requests have arrived, so a client that sends its requests one after another would time out.
            var number = Interlocked.Increment(ref arrived);
            if (number == Parallel)
            {
                all.SetResult();
            }

            await all.Task.WaitAsync(http.RequestAborted);
            await RespondAsync(http, $"i{number % 3}", cold: number <= 3, number == Parallel ? 503 : 200);
        });

        var burst = await Burst.SendAsync(new(server.Client, ""), Parallel, Ct);

        Assert.Equal((Parallel, 3, 3, 1), (burst.Responses.Count, burst.Instances, burst.Cold, burst.Failed));
    }

    private static Task RespondAsync(HttpContext http, string instance, bool cold, int status = 200)
    {
        http.Response.StatusCode = status;
        http.Response.Headers["X-Instance-Id"] = instance;
        http.Response.Headers["X-Cold-Start"] = cold ? "true" : "false";
        return http.Response.WriteAsync("ok", http.RequestAborted);
    }
}
