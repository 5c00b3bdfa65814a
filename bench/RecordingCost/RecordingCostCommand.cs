using System.CommandLine;
using System.Diagnostics;
using System.Net;
using ServerlessScale.Local;
using ServerlessScale.Measurement;
using ServerlessScale.Measurement.Statistics;

namespace ServerlessScale.Bench.RecordingCost;

/// <summary>
/// The <c>recording-cost</c> command, which measures the time to record an invocation as a percentage of the time of a warm invocation.
/// Both times are measured in the same run.
/// </summary>
internal static class RecordingCostCommand
{
    private const int Requests = 1_500;

    public static Command Create()
    {
        var rounds = NumberOption.Create(
            "--rounds", "Number of rounds. Each round measures the recording, then the requests.", 5, 1, 1_000);
        var command = new Command(
            "recording-cost", "[1 minute] Measures the time to record an invocation, as a percentage of the app's cheapest warm request.")
        {
            rounds,
        };
        command.SetAction((parsed, cancellationToken) => RunAsync(parsed.GetValue(rounds), cancellationToken));
        return command;
    }

    private static async Task RunAsync(int rounds, CancellationToken cancellationToken)
    {
        var failed = new FailedRequests();
        var table = new MarkdownTable("Round", "recording, µs", "bytes", "warm request, µs", "share");
        var shares = await ProgressDisplay.ShowAsync(async progress =>
        {
            await using var cloud = await LocalCloud.StartAsync(
                new() { AppDirectory = await ReleaseApp.BuildAsync(progress.Say, cancellationToken), Progress = progress.Say }, cancellationToken);
            using var client = cloud.CreateClient();
            using var recording = new RecordedInvocation();
            progress.Begin(rounds + 1);
            await MeasureRequestAsync(client, failed, cancellationToken);
            await recording.MeasureAsync();
            progress.Step("warm-up");

            // The two measurements alternate, so that other load on the machine affects both equally.
            var ofRounds = new List<double>();
            for (var round = 1; round <= rounds; round++)
            {
                var (microseconds, bytes) = await recording.MeasureAsync();
                var request = await MeasureRequestAsync(client, failed, cancellationToken);
                ofRounds.Add(microseconds / request);
                table.Add($"{round}", $"{microseconds:0.00}", $"{bytes:0}", $"{request:0}", $"{ofRounds[^1]:0.00%}");
                progress.Step($"{ofRounds[^1]:0.00%}");
            }

            return ofRounds;
        });
        table.Write(Console.Out);
        Console.WriteLine();
        Console.WriteLine($"Median share: {Percentile.Median(shares):0.00%}. The goal is less than 1 %.");
        failed.Write(Console.Out);
    }

    /// <summary>
    /// Measures the app's cheapest invocation through the host. In all other invocations, recording takes a smaller fraction of the time.
    /// </summary>
    /// <returns>The median time from sending a request to the end of its response, in microseconds.</returns>
    /// <exception cref="CommandException">Every request failed.</exception>
    private static async Task<double> MeasureRequestAsync(HttpClient client, FailedRequests failed, CancellationToken cancellationToken)
    {
        var times = new List<double>(Requests);
        for (var i = 0; i < Requests; i++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "api/health/live");
            var sent = Stopwatch.GetTimestamp();
            using var response = await failed.SendAsync(client, "GET api/health/live", request, cancellationToken, HttpStatusCode.OK);
            if (response is not null)
            {
                times.Add(Stopwatch.GetElapsedTime(sent).TotalMicroseconds);
            }
        }

        return times.Count > 0 ? Percentile.Median(times) : throw new CommandException($"None of {Requests} requests to api/health/live got status 200.");
    }
}
