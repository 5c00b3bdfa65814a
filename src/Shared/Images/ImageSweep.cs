using Microsoft.Extensions.Logging;
using ServerlessScale.Shared.Images.Storage;

namespace ServerlessScale.Shared.Images;

/// <param name="Seen">Originals and manifests looked at.</param>
/// <param name="Abandoned">Upload URLs that were never completed, removed.</param>
/// <param name="Orphaned">Originals without a manifest, removed with whatever else there was of them.</param>
/// <param name="Requeued">Jobs whose message was lost.</param>
/// <param name="Complete">False when the run's limit was reached; the next runs begin elsewhere.</param>
public sealed record SweepCounts(int Seen, int Abandoned, int Orphaned, int Requeued, bool Complete);

/// <summary>
/// Finds what interruptions have left. It lists originals and manifests side by side, in the order of their ids, so that a run costs
/// one listing request in 5,000 blobs and one in each first character of ids, and reads only what needs work.
/// </summary>
public sealed partial class ImageSweep(
    ManifestStore manifests,
    OriginalStore originals,
    ImageJobQueue jobs,
    ImageRemoval removal,
    TimeProvider time,
    ILogger<ImageSweep> logger)
{
    /// <summary>No upload URL is valid for longer than this, and no upload takes as long.</summary>
    public static readonly TimeSpan AbandonedAfter = TimeSpan.FromHours(24);

    /// <summary>Many times the function's timeout and retries.</summary>
    public static readonly TimeSpan LostAfter = TimeSpan.FromHours(1);

    private const int MostSeen = 200_000;
    private const int MostChanged = 2_000;

    /// <summary>Clocks, and the moment between a manifest's write and its message.</summary>
    private static readonly TimeSpan Margin = TimeSpan.FromMinutes(1);

    /// <summary>
    /// One bounded run. It begins at another first character every hour, so that every image's turn comes even where one run cannot
    /// see them all.
    /// </summary>
    public async Task<SweepCounts> RunAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var run = new Run(now, await jobs.OldestWaitingAsync(cancellationToken));
        var first = (int)(now.ToUnixTimeSeconds() / 3600 % Base32.Alphabet.Length);
        for (var i = 0; i < Base32.Alphabet.Length && !run.IsOver; i++)
        {
            var prefix = Base32.Alphabet[(first + i) % Base32.Alphabet.Length].ToString();
            await SweepAsync(prefix, run, cancellationToken);
        }

        var counts = new SweepCounts(run.Seen, run.Abandoned, run.Orphaned, run.Requeued, !run.IsOver);
        LogSwept(counts.Seen, counts.Abandoned, counts.Orphaned, counts.Requeued, counts.Complete);
        return counts;
    }

    private async Task SweepAsync(string prefix, Run run, CancellationToken cancellationToken)
    {
        await using var uploads = originals.ListAsync(prefix, cancellationToken).GetAsyncEnumerator(cancellationToken);
        var more = await uploads.MoveNextAsync();
        await foreach (var manifest in manifests.ListAsync(prefix, cancellationToken))
        {
            for (; more && Order(uploads.Current.Id, manifest.Id) <= 0 && !run.IsOver; more = await uploads.MoveNextAsync())
            {
                run.Seen++;
                if (uploads.Current.Id != manifest.Id)
                {
                    await RemoveIfOrphanedAsync(uploads.Current.Id, uploads.Current.ChangedAt, run, cancellationToken);
                }
            }

            if (run.IsOver)
            {
                return;
            }

            run.Seen++;
            await CheckAsync(manifest, run, cancellationToken);
        }

        for (; more && !run.IsOver; more = await uploads.MoveNextAsync())
        {
            run.Seen++;
            await RemoveIfOrphanedAsync(uploads.Current.Id, uploads.Current.ChangedAt, run, cancellationToken);
        }
    }

    private static int Order(ImageId left, ImageId right) => string.CompareOrdinal(left.Value, right.Value);

    private async Task CheckAsync(ManifestSummary manifest, Run run, CancellationToken cancellationToken)
    {
        var unchangedFor = run.Now - manifest.ChangedAt;
        if (manifest.Status == ImageStatus.AwaitingUpload && unchangedFor > AbandonedAfter)
        {
            await removal.RemoveAsync(manifest.Id, cancellationToken);
            run.Abandoned++;
        }
        else if (manifest.Status is ImageStatus.Queued or ImageStatus.Processing
            && unchangedFor > LostAfter
            && !(run.OldestWaiting <= manifest.ChangedAt + Margin)
            && await TryRequeueAsync(manifest, cancellationToken))
        {
            // In a backlog of hours the message may merely be waiting: only when all that wait are younger is it lost.
            run.Requeued++;
        }
    }

    private async Task<bool> TryRequeueAsync(ManifestSummary listed, CancellationToken cancellationToken)
    {
        // Writing the manifest anew resets its age, so that the next run does not queue it once more.
        if (await manifests.FindAsync(listed.Id, cancellationToken) is { } current
            && current.Manifest.Status == listed.Status
            && await manifests.TryReplaceAsync(listed.Id, current, current.Manifest, cancellationToken) is not null)
        {
            await jobs.EnqueueAsync(listed.Id, cancellationToken);
            return true;
        }

        return false;
    }

    private async Task RemoveIfOrphanedAsync(ImageId id, DateTimeOffset changedAt, Run run, CancellationToken cancellationToken)
    {
        // The listings are not of one moment, so the manifest is looked up before anything is deleted for its absence.
        if (run.Now - changedAt > AbandonedAfter && await manifests.FindAsync(id, cancellationToken) is null)
        {
            await removal.RemoveBlobsAsync(id, cancellationToken);
            run.Orphaned++;
        }
    }

    [LoggerMessage(
        Level = LogLevel.Information,
        Message = "Swept {Seen} blobs: {Abandoned} abandoned and {Orphaned} orphaned uploads removed, {Requeued} lost jobs queued again, complete: {Complete}")]
    private partial void LogSwept(int seen, int abandoned, int orphaned, int requeued, bool complete);

    private sealed class Run(DateTimeOffset now, DateTimeOffset? oldestWaiting)
    {
        public DateTimeOffset Now => now;

        public DateTimeOffset? OldestWaiting => oldestWaiting;

        public int Seen { get; set; }

        public int Abandoned { get; set; }

        public int Orphaned { get; set; }

        public int Requeued { get; set; }

        public bool IsOver => Seen >= MostSeen || Abandoned + Orphaned + Requeued >= MostChanged;
    }
}
