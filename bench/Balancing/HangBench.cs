using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using ServerlessScale.Edge;
using ServerlessScale.Edge.Balancing;
using ServerlessScale.Edge.Forwarding;
using ServerlessScale.Edge.Rules;
using ServerlessScale.Local.Lab.Load;
using ServerlessScale.Measurement;

namespace ServerlessScale.Bench.Balancing;

/// <summary>
/// Measures how many requests are lost when one of three instances is stopped with SIGSTOP. Requests are sent at a constant rate, whether or
/// not earlier ones have been answered. The instance is stopped after a quarter of the run.
/// </summary>
internal static class HangBench
{
    private const string Group = "instances";

    /// <summary>The time after which a client gives up. A request without a successful response within this time is lost.</summary>
    private static readonly TimeSpan ClientTimeout = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(2);

    public static async Task RunAsync(int rate, TimeSpan duration, CancellationToken cancellationToken)
    {
        var table = new MarkdownTable(
            "policy", "method", "requests", "lost", "in flight when stopped", "answered after more than 1 s", "slowest answer s", "ejected after s");
        foreach (var policy in (BalancingPolicy[])[BalancingPolicy.RoundRobin, BalancingPolicy.LeastConnections])
        {
            foreach (var method in (HttpMethod[])[HttpMethod.Get, HttpMethod.Post])
            {
                table.Add(await RunAsync(policy, method, rate, duration, cancellationToken));
            }
        }

        table.Write(Console.Out);
    }

    private static async Task<string[]> RunAsync(
        BalancingPolicy policy, HttpMethod method, int rate, TimeSpan duration, CancellationToken cancellationToken)
    {
        var instances = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => InstanceProcess.StartAsync(cancellationToken)));
        try
        {
            // These are the probe settings of infra/edge-rules.json.
            var group = new OriginGroup
            {
                Name = Group,
                LoadBalancing = new() { Policy = policy, SampleSize = 4, SuccessfulSamplesRequired = 2 },
                HealthProbe = new() { Interval = TimeSpan.FromSeconds(5) },
            };
            await using var edge = await EdgeServer.StartAsync(
                EdgeRules.ForwardAllTo(group), new EdgeOptions(), NullLoggerFactory.Instance, cancellationToken);
            foreach (var (i, instance) in instances.Index())
            {
                await edge.AddAsync(new EdgeOrigin(Group, $"instance-{i}", instance.Address));
            }

            using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = edge.Address, Timeout = ClientTimeout };
            await SendAsync(http, method, rate, WarmUp, cancellationToken);
            var inFlight = 0;
            var ejection = Task.FromResult(TimeSpan.Zero);
            var freezing = FreezeAsync();
            var answers = await SendAsync(http, method, rate, duration, cancellationToken);
            await freezing;
            var successful = answers.OfType<TimeSpan>().ToList();
            return
            [
                PolicyResult.NameOf(policy), method.Method, $"{answers.Length}", $"{answers.Length - successful.Count}", $"{inFlight}",
                $"{successful.Count(answer => answer > TimeSpan.FromSeconds(1))}", $"{successful.Max().TotalSeconds:0.0}",
                $"{(await ejection).TotalSeconds:0.0}",
            ];

            async Task FreezeAsync()
            {
                await Task.Delay(duration / 4, cancellationToken);
                await instances[0].FreezeAsync();
                inFlight = edge.Health.Single(origin => origin.Id == "instance-0").InFlight;
                ejection = EjectionAsync(edge, cancellationToken);
            }
        }
        finally
        {
            foreach (var instance in instances)
            {
                await instance.DisposeAsync();
            }
        }
    }

    private static async Task<TimeSpan> EjectionAsync(EdgeServer edge, CancellationToken cancellationToken)
    {
        var clock = Stopwatch.StartNew();
        while (edge.Health.Single(origin => origin.Id == "instance-0").Healthy)
        {
            await Task.Delay(20, cancellationToken);
        }

        return clock.Elapsed;
    }

    /// <returns>The time until each request was answered successfully; null for a lost request.</returns>
    private static async Task<TimeSpan?[]> SendAsync(
        HttpClient http, HttpMethod method, int rate, TimeSpan duration, CancellationToken cancellationToken)
    {
        return await OpenLoad.SendAsync(
            OpenLoad.Regularly(rate, duration), Stopwatch.StartNew(), _ => SendOneAsync(), cancellationToken);

        async Task<TimeSpan?> SendOneAsync()
        {
            var started = Stopwatch.GetTimestamp();
            try
            {
                using var request = new HttpRequestMessage(method, $"/work?ms={Scenario.CheapWork.TotalMilliseconds:0}");
                using var response = await http.SendAsync(request, cancellationToken);
                return response.IsSuccessStatusCode ? Stopwatch.GetElapsedTime(started) : null;
            }
            catch (Exception failure) when (FailedRequests.IsTransient(failure, cancellationToken))
            {
                return null;
            }
        }
    }
}
