using Microsoft.Extensions.Logging;
using ServerlessScale.Shared.Images.Storage;

namespace ServerlessScale.Shared.Images.Processing;

/// <summary>The results of one sweep.</summary>
/// <param name="Seen">The number of originals and manifests that were listed.</param>
/// <param name="Abandoned">The number of uploads that were removed because they were never completed.</param>
/// <param name="Orphaned">The number of originals that were removed, together with their variants, because they had no manifest.</param>
/// <param name="Requeued">The number of jobs that were queued again because their messages were lost.</param>
/// <param name="Complete">False when the run reached its limit before it had listed all images.</param>
public sealed record SweepCounts(int Seen, int Abandoned, int Orphaned, int Requeued, bool Complete);

/// <summary>
/// Cleans up after interrupted uploads, jobs and removals. It lists the originals and the manifests, both sorted by id, and compares the
/// two lists. A sweep is cheap, because a listing request returns up to 5,000 blobs, and only the manifests of images that need work are
/// read.
/// </summary>
public sealed partial class ImageSweep(
    ManifestStore manifests,
    OriginalStore originals,
    ImageJobQueue jobs,
    ImageRemoval removal,
    TimeProvider time,
    ILogger<ImageSweep> logger)
{
    /// <summary>The age at which an unfinished upload is removed. At this age, its upload URL has expired.</summary>
    public static readonly TimeSpan AbandonedAfter = ImageOptions.MaxUploadUrlLifetime;

    /// <summary>
    /// The age at which an unfinished job is considered lost. It is many times as long as the function's timeout and number of retries
    /// allow a job to take.
    /// </summary>
    public static readonly TimeSpan LostAfter = TimeSpan.FromHours(1);

    private const int MaxSeen = 200_000;
    private const int MaxChanged = 2_000;

    /// <summary>A tolerance for clock differences and for the time between writing a manifest and queueing its job.</summary>
    private static readonly TimeSpan ClockTolerance = TimeSpan.FromMinutes(1);

    /// <summary>
    /// Sweeps until all images are listed or the run's limit is reached. Each hourly run starts with ids that begin with a different
    /// character. Every image is therefore reached eventually, even if a single run cannot list all images.
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
            && !(run.OldestWaiting <= manifest.ChangedAt + ClockTolerance)
            && await TryRequeueAsync(manifest, cancellationToken))
        {
            // A message can wait in a backlog for hours. The job's message is considered lost only if all waiting messages are newer than
            // the manifest.
            run.Requeued++;
        }
    }

    private async Task<bool> TryRequeueAsync(ManifestSummary listed, CancellationToken cancellationToken)
    {
        // Rewriting the manifest resets its age, so that the next run does not queue the job again.
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
        // The two lists were read at different times, so the missing manifest is looked up again before anything is deleted.
        if (run.Now - changedAt > AbandonedAfter && await manifests.FindAsync(id, cancellationToken) is null)
        {
            await removal.RemoveBlobsAsync(id, cancellationToken);
            run.Orphaned++;
        }
    }

    [LoggerMessage(
        Level = LogLevel.Information,
        Message = "Swept {Seen} blobs: removed {Abandoned} abandoned and {Orphaned} orphaned uploads, queued {Requeued} lost jobs again, complete: {Complete}")]
    private partial void LogSwept(int seen, int abandoned, int orphaned, int requeued, bool complete);

    private sealed class Run(DateTimeOffset now, DateTimeOffset? oldestWaiting)
    {
        public DateTimeOffset Now => now;

        public DateTimeOffset? OldestWaiting => oldestWaiting;

        public int Seen { get; set; }

        public int Abandoned { get; set; }

        public int Orphaned { get; set; }

        public int Requeued { get; set; }

        public bool IsOver => Seen >= MaxSeen || Abandoned + Orphaned + Requeued >= MaxChanged;
    }
}
