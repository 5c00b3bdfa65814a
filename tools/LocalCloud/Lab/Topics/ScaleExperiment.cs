using System.Diagnostics;
using ServerlessScale.Local.Lab.Experiments;
using ServerlessScale.Local.Lab.Load;
using ServerlessScale.Measurement;
using ServerlessScale.Measurement.Statistics;

namespace ServerlessScale.Local.Lab.Topics;

/// <summary>Stops all instances, sends a burst of requests, and waits until the last instance has stopped again.</summary>
internal sealed class ScaleExperiment : IExperiment
{
    private const double UploadsPerSecond = 2;
    private const double ReadsPerSecond = 20;

    private static readonly TimeSpan ZeroLimit = TimeSpan.FromSeconds(90);

    public ExperimentDescription Description { get; } = new()
    {
        Name = "scale",
        Title = "From zero instances to four, and back",
        Why = "An idle shop should cost nothing, and a rush should not need a person. Instances start when requests or messages arrive, and stop when "
            + "there is no work.",
        Expects = "Requests to a shop without instances are answered, more than one instance starts, and none is left in the end.",
        Code = "tools/LocalCloud/Scaling",
        FileName = "ScaleExperiment.cs",
        Seconds = 60,
        Columns = [ResultColumn.Text("what"), new("value", null, 1), ResultColumn.Text("unit")],
        Options =
        [
            ExperimentOption.Number("seconds", "Length of the burst", 15, 5, 60, "s"),
            ExperimentOption.Number("most", "Maximum number of instances", 4, 1, 8),
        ],
    };

    public async Task<Conclusion> RunAsync(ExperimentContext context, CancellationToken cancellationToken)
    {
        var cloud = context.Cloud;
        var duration = TimeSpan.FromSeconds(context.Options.Number("seconds"));
        var photograph = await Shopper.PhotographAsync(cancellationToken);
        using var shopper = Shopper.Of(context);
        shopper.Http.Timeout = TimeSpan.FromSeconds(90);
        context.Say(0.05, "Stopping all instances.");
        // An idle instance stops sooner than usual, so that the experiment ends within a minute or two.
        await context.Interventions.ScaleFromZeroAsync(
            new(0, context.Options.Number("most")),
            cloud.Set!.DefaultTargets() with { ScaleInAfter = TimeSpan.FromSeconds(4), ToZeroAfter = TimeSpan.FromSeconds(6) });
        var clock = Stopwatch.StartNew();
        var (peak, queue) = (0, 0);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var watching = WatchAsync();
        context.Say(0.2, "Sending a burst of uploads and reads.");
        var all = await Task.WhenAll(SendAllAsync(UploadsPerSecond, isUpload: true), SendAllAsync(ReadsPerSecond, isUpload: false));
        Reply[] responses = [.. all.SelectMany(some => some).OrderBy(response => response.Due)];
        double? zero = null;
        while (zero is null && clock.Elapsed < duration + ZeroLimit)
        {
            context.Say(0.6, $"Waiting until the last of {cloud.Instances.Count} instances has stopped.");
            await Task.Delay(TimeSpan.FromMilliseconds(500), cancellationToken);
            zero = cloud.Set.Pools.All(pool => pool.All.Count == 0) ? clock.Elapsed.TotalSeconds : null;
        }

        await ended.CancelAsync();
        await watching;
        Reply[] answered = [.. responses.Where(response => response.Status is 200 or 202)];
        if (answered.Length == 0)
        {
            throw new CommandException("No request succeeded.");
        }

        var half = duration / 2;
        double[] first = [.. answered.Where(response => !response.IsUpload && response.Due < half).Select(response => response.Latency.TotalSeconds)];
        double[] second = [.. answered.Where(response => !response.IsUpload && response.Due >= half).Select(response => response.Latency.TotalSeconds)];
        context.AddRow("requests", responses.Length, "");
        context.AddRow("requests without success", responses.Length - answered.Length, "");
        context.AddRow("cold responses (the first one of an instance)", answered.Count(response => response.IsCold), "");
        context.AddRow("time to the first response", answered.Min(response => response.Due + response.Latency).TotalSeconds, "s");
        context.AddRow("most instances", peak, "");
        context.AddRow("longest queue", queue, "messages");
        context.AddRow("reads of the first half: p99", first.Length > 0 ? Percentile.Of(first, 0.99) : (double?)null, "s");
        context.AddRow("reads of the second half: p99", second.Length > 0 ? Percentile.Of(second, 0.99) : (double?)null, "s");
        context.AddRow("until no instance was left", zero, "s");
        return new(
            peak > (context.Options.Number("most") > 1 ? 1 : 0) && zero is not null,
            $"{answered.Length} of {responses.Length} requests to a shop without instances succeeded. {peak} instances ran at most, "
            + (zero is { } end ? $"and none {end:0} s after the start." : $"and some still ran {ZeroLimit.TotalSeconds:0} s after the burst."));

        async Task WatchAsync()
        {
            while (!ended.IsCancellationRequested)
            {
                peak = Math.Max(peak, cloud.Instances.Count);
                queue = Math.Max(queue, cloud.Laboratory!.ReadState().System.Apps.Sum(app => app.Queues.Sum(each => each.Length)));
                await Task.Delay(TimeSpan.FromMilliseconds(200), ended.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }

        Task<Reply[]> SendAllAsync(double rate, bool isUpload) => OpenLoad.SendAsync(
            OpenLoad.AtRandom(new Random(isUpload ? 1 : 2), rate, duration), clock, due => SendAsync(isUpload, due), cancellationToken);

        async Task<Reply> SendAsync(bool isUpload, TimeSpan due)
        {
            if (isUpload)
            {
                var id = await shopper.UploadAsync(photograph, cancellationToken);
                return new(due, clock.Elapsed - due, id is null ? 0 : 202, isUpload, IsCold: false);
            }

            using var response = await shopper.ReadOrdersAsync(cancellationToken);
            return new(
                due, clock.Elapsed - due, (int?)response?.StatusCode ?? 0, isUpload,
                response?.Headers.TryGetValues("X-Cold-Start", out var cold) == true && cold.First() == "true");
        }
    }

    private readonly record struct Reply(TimeSpan Due, TimeSpan Latency, int Status, bool IsUpload, bool IsCold);
}
