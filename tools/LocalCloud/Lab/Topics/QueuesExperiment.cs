using System.Diagnostics;
using Azure;
using Azure.Storage.Queues;
using ServerlessScale.Local.Lab.Experiments;
using ServerlessScale.Measurement;
using ServerlessScale.Measurement.Statistics;

namespace ServerlessScale.Local.Lab.Topics;

/// <summary>Uploads many photographs at once, and follows a message that cannot be processed.</summary>
internal sealed class QueuesExperiment : IExperiment
{
    private const string Queue = "image-jobs";

    private static readonly TimeSpan ReadyLimit = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan PoisonLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(100);

    public ExperimentDescription Description { get; } = new()
    {
        Name = "queues",
        Title = "Twenty photographs at once, and a poison message",
        Why = "Resizing a photograph takes much longer than storing it, and customers do not wait for it. A queue takes up the work of a rush, so that "
            + "responses stay fast while the queue becomes longer.",
        Expects = "All uploads are accepted before half of the photographs are ready, and a message that always fails leaves the queue.",
        Code = "src/Functions/Images/ImageQueueFunctions.cs",
        FileName = "QueuesExperiment.cs",
        Seconds = 60,
        Columns =
        [
            ResultColumn.Text("what"), ResultColumn.Count("count"), ResultColumn.Seconds("first"), ResultColumn.Seconds("p50"),
            ResultColumn.Seconds("last"), ResultColumn.Count("longest queue"),
        ],
        Options = [ExperimentOption.Number("photographs", "Photographs at once", 20, 2, 100)],
    };

    public async Task<Conclusion> RunAsync(ExperimentContext context, CancellationToken cancellationToken)
    {
        using var shopper = Shopper.Of(context);
        var photograph = await Shopper.PhotographAsync(cancellationToken);
        var count = context.Options.Number("photographs");
        var clock = Stopwatch.StartNew();
        var longest = 0;
        using var watched = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var watching = WatchAsync(length => longest = Math.Max(longest, length));
        context.Say(0.05, $"Uploading {count} photographs at once.");
        var accepted = 0;
        var ready = 0;
        var uploads = await Task.WhenAll(Enumerable.Range(0, count).Select(async _ =>
        {
            var id = await shopper.UploadAsync(photograph, cancellationToken);
            double? response = id is null ? null : clock.Elapsed.TotalSeconds;
            Interlocked.Increment(ref accepted);
            var image = id is null ? null : await shopper.UntilReadyAsync(id, Poll, ReadyLimit, cancellationToken);
            double? processed = (string?)image?["status"] == "ready" ? clock.Elapsed.TotalSeconds : null;
            var done = Interlocked.Increment(ref ready);
            context.Say(0.1 + (0.6 * done / count), $"{done} of {count} photographs are processed, {Volatile.Read(ref longest)} messages waited at most.");
            return (Response: response, Ready: processed);
        }));
        await watched.CancelAsync();
        await watching;
        double[] responses = [.. uploads.Select(upload => upload.Response).OfType<double>().Order()];
        double[] finished = [.. uploads.Select(upload => upload.Ready).OfType<double>().Order()];
        if (responses.Length == 0 || finished.Length == 0)
        {
            throw new CommandException("No photograph was processed.");
        }

        AddRow("response to the upload", responses, longest);
        AddRow("photograph ready", finished, longest);
        context.Say(0.7, "Sending a message that no worker can process.");
        var poison = await PoisonAsync(context, cancellationToken);
        context.AddRow("poison message: left the queue", poison.Moved is null ? 0 : 1, poison.Moved);
        context.AddRow("poison message: handled and removed", poison.Handled is null ? 0 : 1, poison.Handled);
        var early = responses[^1] <= finished[finished.Length / 2];
        return new(
            early && finished.Length == responses.Length && poison.Handled is not null,
            $"The last of {responses.Length} responses came after {responses[^1]:0.0} s, and the last of {finished.Length} photographs was ready after "
            + $"{finished[^1]:0.0} s. "
            + (poison.Handled is { } handled
                ? $"The poison message failed three times, was moved to {Queue}-poison, and was removed after {handled:0.0} s."
                : $"The poison message was not removed within {PoisonLimit.TotalSeconds:0} s."));

        void AddRow(string what, double[] sorted, int length) =>
            context.AddRow(what, sorted.Length, sorted[0], Percentile.MedianOfSorted(sorted), sorted[^1], length);

        async Task WatchAsync(Action<int> see)
        {
            var queue = QueueOf(context.Cloud, Queue);
            while (!watched.IsCancellationRequested)
            {
                see(await CountAsync(queue));
                await Task.Delay(Poll, watched.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    /// <summary>Sends a message that is not an image job, and follows it.</summary>
    /// <returns>The time in seconds until the message left the queue, and until it left the poison queue; null if it did not.</returns>
    private static async Task<(double? Moved, double? Handled)> PoisonAsync(ExperimentContext context, CancellationToken cancellationToken)
    {
        var (queue, poison) = (QueueOf(context.Cloud, Queue), QueueOf(context.Cloud, $"{Queue}-poison"));
        var before = await CountAsync(queue);
        await queue.SendMessageAsync($"not an image job {Guid.NewGuid():N}", cancellationToken);
        var clock = Stopwatch.StartNew();
        double? moved = null;
        while (clock.Elapsed < PoisonLimit)
        {
            await Task.Delay(Poll, cancellationToken);
            if (moved is null && await CountAsync(queue) <= before)
            {
                moved = clock.Elapsed.TotalSeconds;
                context.Say(0.9, "The message has failed three times, and was moved to the poison queue.");
            }

            if (moved is not null && await CountAsync(poison) == 0)
            {
                return (moved, clock.Elapsed.TotalSeconds);
            }
        }

        return (moved, null);
    }

    private static QueueClient QueueOf(LocalCloud cloud, string name) => new(cloud.StorageConnectionString, name);

    private static async Task<int> CountAsync(QueueClient queue)
    {
        try
        {
            return (await queue.GetPropertiesAsync(CancellationToken.None)).Value.ApproximateMessagesCount;
        }
        catch (RequestFailedException missing) when (missing.Status == 404)
        {
            return 0;
        }
    }
}
