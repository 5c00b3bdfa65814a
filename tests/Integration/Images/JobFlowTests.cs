using Azure.Storage.Blobs;
using ServerlessScale.Shared.Images;
using ServerlessScale.Shared.Images.Probing;

namespace ServerlessScale.Tests.Integration.Images;

/// <summary>Tests image jobs. After every interruption of a job, the manifest is correct and no orphaned blob remains.</summary>
public sealed class JobFlowTests(ImageFlows flows) : IClassFixture<ImageFlows>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_job_stores_all_variants_of_its_image()
    {
        var (id, message) = await flows.UploadAsync(Pictures.Jpeg(640, 480), Ct);

        await flows.Job(new ScriptedEngine()).RunAsync(id, message, Ct);

        var manifest = await flows.ManifestAsync(id, Ct);
        Assert.Equal(ImageStatus.Ready, manifest.Status);
        Assert.Equal((640, 480), (manifest.Source.Width, manifest.Source.Height));
        Assert.Equal([new ImageVariant(480, 360, "webp", 4), new ImageVariant(480, 360, "jpg", 4)], manifest.Variants);
        Assert.NotNull(manifest.Timings.QueueWaitMs);
        Assert.NotNull(manifest.Timings.DownloadMs);
        Assert.NotNull(manifest.Timings.StoreMs);
        var stored = (await flows.Blobs.GetBlobContainerClient("variants").GetBlobClient($"{id}/480.webp").DownloadContentAsync(Ct)).Value;
        Assert.Equal("webp", stored.Content.ToString());
        Assert.Equal("image/webp", stored.Details.ContentType);
        Assert.Equal("public, max-age=31536000, immutable", stored.Details.CacheControl);
    }

    [Fact]
    public async Task A_repeated_job_message_does_not_change_the_manifest()
    {
        var (id, message) = await flows.UploadAsync(Pictures.Jpeg(), Ct);
        var engine = new ScriptedEngine();
        await flows.Job(engine).RunAsync(id, message, Ct);
        var before = await flows.Manifests.FindAsync(id, Ct);

        await flows.Job(engine).RunAsync(id, message, Ct);

        Assert.Equal(before?.ETag, (await flows.Manifests.FindAsync(id, Ct))?.ETag);
        Assert.Equal(1, engine.Renderings);
    }

    [Fact]
    public async Task Two_concurrent_deliveries_of_a_job_produce_one_image()
    {
        var (id, message) = await flows.UploadAsync(Pictures.Jpeg(), Ct);
        var second = flows.Job(new ScriptedEngine());
        var first = flows.Job(new ScriptedEngine(between: () => second.RunAsync(id, message, Ct)));

        await first.RunAsync(id, message, Ct);

        Assert.Equal(ImageStatus.Ready, (await flows.ManifestAsync(id, Ct)).Status);
        Assert.Equal(4, (await flows.BlobsOfAsync(id, Ct)).Length);
    }

    [Fact]
    public async Task Deleting_an_image_during_its_job_leaves_no_blobs_behind()
    {
        var (id, message) = await flows.UploadAsync(Pictures.Jpeg(), Ct);
        var engine = new ScriptedEngine(between: async () => Assert.Null(await flows.Removal.DeleteAsync(id.Value, "c1", Ct)));

        await flows.Job(engine).RunAsync(id, message, Ct);

        Assert.Empty(await flows.BlobsOfAsync(id, Ct));
    }

    [Fact]
    public async Task Deleting_an_image_before_its_job_leaves_no_blobs_behind()
    {
        var (id, message) = await flows.UploadAsync(Pictures.Jpeg(), Ct);
        Assert.Null(await flows.Removal.DeleteAsync(id.Value, "c1", Ct));
        var engine = new ScriptedEngine();

        await flows.Job(engine).RunAsync(id, message, Ct);

        Assert.Equal(0, engine.Renderings);
        Assert.Empty(await flows.BlobsOfAsync(id, Ct));
    }

    [Fact]
    public async Task The_original_of_an_unreadable_image_is_deleted()
    {
        var (id, message) = await flows.UploadAsync(Pictures.TruncatedJpeg(), Ct);
        var engine = new ScriptedEngine();

        await flows.Job(engine).RunAsync(id, message, Ct);

        var manifest = await flows.ManifestAsync(id, Ct);
        Assert.Equal((ImageStatus.Failed, "image-truncated"), (manifest.Status, manifest.Error?.Code));
        Assert.Equal(0, engine.Renderings);
        Assert.Equal([$"manifests/{id}.json"], await flows.BlobsOfAsync(id, Ct));
    }

    [Fact]
    public async Task An_image_rejected_during_rendering_leaves_only_its_manifest()
    {
        var (id, message) = await flows.UploadAsync(Pictures.Jpeg(), Ct);
        var engine = new ScriptedEngine(between: () => throw new ImageRejectedException("image-corrupt", "The pixel data is incomplete."));

        await flows.Job(engine).RunAsync(id, message, Ct);

        var manifest = await flows.ManifestAsync(id, Ct);
        Assert.Equal(new ImageError("image-corrupt", "The pixel data is incomplete."), manifest.Error);
        Assert.Equal([$"manifests/{id}.json"], await flows.BlobsOfAsync(id, Ct));
    }

    [Fact]
    public async Task A_repeated_job_message_removes_the_blobs_of_a_rejected_image()
    {
        var (id, message) = await flows.UploadAsync(Pictures.Jpeg(), Ct);
        var stored = await flows.Manifests.FindAsync(id, Ct);
        await flows.Manifests.TryReplaceAsync(
            id, stored!, stored!.Manifest with { Status = ImageStatus.Failed, Error = new ImageError("image-corrupt", "Broken.") }, Ct);

        await flows.Job(new ScriptedEngine()).RunAsync(id, message, Ct);

        Assert.Equal([$"manifests/{id}.json"], await flows.BlobsOfAsync(id, Ct));
    }

    [Fact]
    public async Task An_original_overwritten_after_acceptance_is_not_processed()
    {
        var (id, message) = await flows.UploadAsync(Pictures.Jpeg(), Ct);
        await flows.Originals.Blob(id).UploadAsync(new BinaryData(Pictures.Jpeg(32, 32)), overwrite: true, Ct);

        await flows.Job(new ScriptedEngine()).RunAsync(id, message, Ct);

        Assert.Equal("source-changed", (await flows.ManifestAsync(id, Ct)).Error?.Code);
        Assert.Equal([$"manifests/{id}.json"], await flows.BlobsOfAsync(id, Ct));
    }

    [Fact]
    public async Task An_image_fails_when_its_original_is_missing()
    {
        var (id, message) = await flows.UploadAsync(Pictures.Jpeg(), Ct);
        await flows.Originals.DeleteAsync(id, Ct);

        await flows.Job(new ScriptedEngine()).RunAsync(id, message, Ct);

        Assert.Equal("source-missing", (await flows.ManifestAsync(id, Ct)).Error?.Code);
    }

    [Fact]
    public async Task A_job_succeeds_when_retried_after_a_transient_failure()
    {
        var (id, message) = await flows.UploadAsync(Pictures.Jpeg(), Ct);
        var failing = new ScriptedEngine(between: () => throw new TimeoutException("The disk is slow."));

        await Assert.ThrowsAsync<TimeoutException>(() => flows.Job(failing).RunAsync(id, message, Ct));
        var between = await flows.ManifestAsync(id, Ct);
        await flows.Job(new ScriptedEngine()).RunAsync(id, message, Ct);
        var after = await flows.ManifestAsync(id, Ct);

        Assert.Equal((ImageStatus.Processing, "TimeoutException: The disk is slow."), (between.Status, between.LastFailure));
        Assert.Equal((ImageStatus.Ready, null), (after.Status, after.LastFailure));
    }

    [Fact]
    public async Task A_job_attempt_fails_when_variants_cannot_be_stored()
    {
        var (id, message) = await flows.UploadAsync(Pictures.Jpeg(), Ct);
        var unreachable = new BlobServiceClient(
            "DefaultEndpointsProtocol=http;AccountName=a;AccountKey=AAAA;BlobEndpoint=http://127.0.0.1:1/a;",
            new BlobClientOptions { Retry = { MaxRetries = 0 } });

        await Assert.ThrowsAnyAsync<Exception>(() => flows.JobOver(new ScriptedEngine(), unreachable).RunAsync(id, message, Ct));

        Assert.Equal(ImageStatus.Processing, (await flows.ManifestAsync(id, Ct)).Status);
    }

    [Fact]
    public async Task A_permanently_failed_job_can_be_replayed()
    {
        var (id, message) = await flows.UploadAsync(Pictures.Jpeg(), Ct);
        var failing = new ScriptedEngine(between: () => throw new TimeoutException());
        await Assert.ThrowsAsync<TimeoutException>(() => flows.Job(failing).RunAsync(id, message, Ct));

        await flows.Job(failing).GiveUpAsync(id, Ct);
        var failed = await flows.ManifestAsync(id, Ct);
        var remaining = await flows.BlobsOfAsync(id, Ct);
        await flows.Job(new ScriptedEngine()).RunAsync(id, message, Ct);
        var replayed = await flows.ManifestAsync(id, Ct);

        Assert.Equal((ImageStatus.Failed, "processing-failed"), (failed.Status, failed.Error?.Code));
        Assert.Equal([$"uploads/{id}", $"manifests/{id}.json"], remaining);
        Assert.Equal((ImageStatus.Ready, null), (replayed.Status, replayed.Error));
    }

    [Fact]
    public async Task Abandoning_the_job_of_a_deleted_image_removes_the_blobs()
    {
        var (id, _) = await flows.UploadAsync(Pictures.Jpeg(), Ct);
        await flows.Manifests.DeleteAsync(id, Ct);

        await flows.Job(new ScriptedEngine()).GiveUpAsync(id, Ct);

        Assert.Empty(await flows.BlobsOfAsync(id, Ct));
    }
}
