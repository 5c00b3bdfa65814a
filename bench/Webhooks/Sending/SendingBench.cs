using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using ServerlessScale.Measurement;
using ServerlessScale.Measurement.Statistics;
using ServerlessScale.Shared.Webhooks.Sending;
using ServerlessScale.Shared.Webhooks.Sending.Signing;

namespace ServerlessScale.Bench.Webhooks.Sending;

/// <summary>
/// Compares the throughput of webhook senders. Every contender posts the same number of deliveries in each round, and the order of the
/// contenders changes from round to round.
/// </summary>
internal static class SendingBench
{
    public static async Task RunAsync(Workload workload, CancellationToken cancellationToken)
    {
        await using var receiver = await ReceiverProcess.StartAsync(cancellationToken);
        using var keySet = WebhookKeySet.Parse([WebhookSigningKey.Prefix + Convert.ToBase64String(RandomNumberGenerator.GetBytes(32))]);
        var url = new Uri(receiver.Url, workload.ResponseBytes.ToString(CultureInfo.InvariantCulture));
        var body = Encoding.ASCII.GetBytes(new string('x', workload.BodyBytes));
        var attempt = new WebhookAttempt { Url = url, MessageId = "msg_bench", Body = body, Keys = new SigningKeys.Secrets(WebhookSecret.Create()) };
        IContender[] contenders =
        [
            new BareHttpClient(url, body, WebhookSignature.Headers(attempt.Keys, attempt.MessageId, DateTimeOffset.UtcNow, body)),
            new Sender("WebhookSender, v1", attempt),
            new Sender("WebhookSender, v1a", attempt with { Keys = new SigningKeys.KeyPairs(keySet) }),
        ];

        var failed = new FailedRequests();
        try
        {
            var rounds = await ProgressDisplay.ShowAsync(progress => RunAsync(contenders, workload, failed, progress, cancellationToken));
            Write(contenders, rounds, workload);
            failed.Write(Console.Out);
        }
        finally
        {
            foreach (var contender in contenders)
            {
                contender.Dispose();
            }
        }
    }

    private static async Task<Dictionary<IContender, List<Round>>> RunAsync(
        IContender[] contenders, Workload workload, FailedRequests failed, IMeasurementProgress progress, CancellationToken cancellationToken)
    {
        var rounds = contenders.ToDictionary(contender => contender, _ => new List<Round>());
        progress.Begin(contenders.Length * (1 + workload.Rounds));
        foreach (var contender in contenders)
        {
            await RunAsync(contender, workload, failed, cancellationToken);
            progress.Step($"{contender.Name}: warm-up");
        }

        for (var round = 0; round < workload.Rounds; round++)
        {
            foreach (var index in Enumerable.Range(0, contenders.Length))
            {
                var contender = contenders[(index + round) % contenders.Length];
                rounds[contender].Add(await RunAsync(contender, workload, failed, cancellationToken));
                progress.Step($"{contender.Name}: {rounds[contender][^1].PerSecond:0} per second");
            }
        }

        return rounds;
    }

    /// <exception cref="CommandException">No delivery in the round arrived.</exception>
    private static async Task<Round> RunAsync(IContender contender, Workload workload, FailedRequests failed, CancellationToken cancellationToken)
    {
        var (left, delivered) = (workload.Deliveries, 0);
        var processor = Environment.CpuUsage.TotalTime;
        var clock = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, workload.Parallel).Select(async _ =>
        {
            while (Interlocked.Decrement(ref left) >= 0)
            {
                if (await contender.PostAsync(cancellationToken) is { } problem)
                {
                    failed.Add(contender.Name, "not delivered", problem);
                }
                else
                {
                    Interlocked.Increment(ref delivered);
                }
            }
        }));
        return delivered > 0
            ? new Round(delivered / clock.Elapsed.TotalSeconds, (Environment.CpuUsage.TotalTime - processor).TotalMicroseconds / delivered)
            : throw new CommandException($"No delivery from \"{contender.Name}\" arrived.");
    }

    private static void Write(IContender[] contenders, Dictionary<IContender, List<Round>> rounds, Workload workload)
    {
        Console.WriteLine(
            $"{workload.Rounds} rounds with {workload.Deliveries} deliveries of {workload.BodyBytes} bytes, {workload.Parallel} at a time. "
            + $"Response bodies have {workload.ResponseBytes} bytes. Sender and receiver share {Environment.ProcessorCount} processors.");
        Console.WriteLine();
        var table = new MarkdownTable(
            "Contender", "deliveries/s, median", "ratio to the bare loop, median of rounds", "ratio, interquartile range of rounds",
            "processor time per delivery, median");
        foreach (var contender in contenders)
        {
            double[] ratios = [.. rounds[contender].Zip(rounds[contenders[0]], (own, bare) => own.PerSecond / bare.PerSecond).Order()];
            table.Add(
                contender.Name,
                $"{Percentile.Median(rounds[contender].Select(round => round.PerSecond)):0}",
                $"{Percentile.Median(ratios):0.00}",
                $"{ratios[ratios.Length / 4]:0.00} to {ratios[ratios.Length - 1 - (ratios.Length / 4)]:0.00}",
                $"{Percentile.Median(rounds[contender].Select(round => round.ProcessorMicroseconds)):0} µs");
        }

        table.Write(Console.Out);
    }

    /// <param name="PerSecond">The number of deliveries per second that arrived.</param>
    /// <param name="ProcessorMicroseconds">
    /// The processor time that this process used per delivery. Other processes affect it less than they affect the elapsed time.
    /// </param>
    private sealed record Round(double PerSecond, double ProcessorMicroseconds);
}

/// <param name="Parallel">The number of concurrent deliveries.</param>
/// <param name="Deliveries">The number of deliveries by each contender per round.</param>
internal sealed record Workload(int Parallel, int Deliveries, int Rounds, int BodyBytes, int ResponseBytes);

/// <summary>A sender of webhooks that takes part in the benchmark.</summary>
internal interface IContender : IDisposable
{
    string Name { get; }

    /// <returns>Null when the delivery arrived; otherwise a description of the failure.</returns>
    Task<string?> PostAsync(CancellationToken cancellationToken);
}
