using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using ServerlessScale.Shared.Webhooks.Sending;
using ServerlessScale.Shared.Webhooks.Sending.Signing;
using Spectre.Console;

namespace ServerlessScale.Bench.Webhooks.Sending;

/// <summary>Rounds in which every contender posts the same number of deliveries, in an order that turns from round to round.</summary>
internal static class SendingBench
{
    public static async Task RunAsync(Workload workload, CancellationToken cancellationToken)
    {
        // Wider than any line here: a redirected console has 80 columns, and a table that wraps cannot be pasted.
        AnsiConsole.Console.Profile.Width = 160;
        await using var receiver = await ReceiverProcess.StartAsync(cancellationToken);
        using var keySet = WebhookKeySet.Parse([WebhookSigningKey.Prefix + Convert.ToBase64String(RandomNumberGenerator.GetBytes(32))]);
        var url = new Uri(receiver.Url, workload.AnswerBytes.ToString(System.Globalization.CultureInfo.InvariantCulture));
        var body = Encoding.ASCII.GetBytes(new string('x', workload.BodyBytes));
        var attempt = new WebhookAttempt { Url = url, MessageId = "msg_bench", Body = body, Keys = new SigningKeys.Secrets(WebhookSecret.Create()) };
        IContender[] contenders =
        [
            new BareHttpClient(url, body, WebhookSignature.Headers(attempt.Keys, attempt.MessageId, DateTimeOffset.UtcNow, body)),
            new Sender("WebhookSender, v1", attempt),
            new Sender("WebhookSender, v1a", attempt with { Keys = new SigningKeys.KeyPairs(keySet) }),
        ];

        var rounds = contenders.ToDictionary(contender => contender, _ => new List<Round>());
        try
        {
            foreach (var contender in contenders)
            {
                await RunAsync(contender, workload, cancellationToken);
            }

            for (var round = 0; round < workload.Rounds; round++)
            {
                foreach (var index in Enumerable.Range(0, contenders.Length))
                {
                    var contender = contenders[(index + round) % contenders.Length];
                    rounds[contender].Add(await RunAsync(contender, workload, cancellationToken));
                }
            }
        }
        finally
        {
            foreach (var contender in contenders)
            {
                contender.Dispose();
            }
        }

        Write(contenders, rounds, workload);
    }

    private static async Task<Round> RunAsync(IContender contender, Workload workload, CancellationToken cancellationToken)
    {
        var left = workload.Deliveries;
        var processor = Environment.CpuUsage.TotalTime;
        var clock = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, workload.Parallel).Select(async _ =>
        {
            while (Interlocked.Decrement(ref left) >= 0)
            {
                await contender.PostAsync(cancellationToken);
            }
        }));
        return new Round(
            workload.Deliveries / clock.Elapsed.TotalSeconds,
            (Environment.CpuUsage.TotalTime - processor).TotalMicroseconds / workload.Deliveries);
    }

    private static void Write(IContender[] contenders, Dictionary<IContender, List<Round>> rounds, Workload workload)
    {
        AnsiConsole.WriteLine(
            $"{workload.Rounds} rounds of {workload.Deliveries} deliveries of {workload.BodyBytes} bytes, {workload.Parallel} at a time, "
            + $"answers of {workload.AnswerBytes} bytes, {Environment.ProcessorCount} processors for sender and receiver together.");
        var table = new Table { Border = TableBorder.Markdown };
        table.AddColumn("Contender");
        table.AddColumn(new TableColumn("deliveries/s, median").RightAligned());
        table.AddColumn(new TableColumn("of the bare loop's, median of rounds").RightAligned());
        table.AddColumn(new TableColumn("middle half").RightAligned());
        table.AddColumn(new TableColumn("processor time of a delivery, median").RightAligned());
        foreach (var contender in contenders)
        {
            double[] ratios = [.. rounds[contender].Zip(rounds[contenders[0]], (own, bare) => own.PerSecond / bare.PerSecond).Order()];
            table.AddRow(
                contender.Name,
                FormattableString.Invariant($"{Median(rounds[contender].Select(round => round.PerSecond)):0}"),
                FormattableString.Invariant($"{Median(ratios):0.00}"),
                FormattableString.Invariant($"{ratios[ratios.Length / 4]:0.00} to {ratios[ratios.Length - 1 - (ratios.Length / 4)]:0.00}"),
                FormattableString.Invariant($"{Median(rounds[contender].Select(round => round.ProcessorMicroseconds)):0} µs"));
        }

        AnsiConsole.Write(table);
    }

    private static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }

    /// <param name="ProcessorMicroseconds">Of the sending process a delivery: other processes on the machine disturb it least.</param>
    private sealed record Round(double PerSecond, double ProcessorMicroseconds);
}
