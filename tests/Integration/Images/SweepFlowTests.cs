using ServerlessScale.Shared.Idempotency;
using ServerlessScale.Shared.Images;
using ServerlessScale.Shared.Images.Processing;
using ServerlessScale.Shared.Images.Uploading;

namespace ServerlessScale.Tests.Integration.Images;

/// <summary>Tests the hourly sweep. The sweep removes or resumes interrupted uploads and jobs, and changes nothing else.</summary>
public sealed class SweepFlowTests(ImageFlows flows) : IClassFixture<ImageFlows>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Abandoned_uploads_and_orphaned_originals_are_removed_after_a_day()
    {
        var abandoned = (await flows.DirectUploads.OfferAsync("c1", "image/jpeg", 10, Operation.Unrecorded(TimeProvider.System), Ct)).Value!.Id;
        await flows.Originals.Blob(abandoned).UploadAsync(new BinaryData("half"), Ct);
        var (orphan, _) = await flows.UploadAsync(Pictures.Jpeg(), Ct);
        await flows.Variants.PutAsync(orphan, new VariantName(480, "webp"), [1], Ct);
        await flows.Manifests.DeleteAsync(orphan, Ct);
        var (ready, message) = await flows.UploadAsync(Pictures.Jpeg(), Ct);
        await flows.Job(new ScriptedEngine()).RunAsync(ready, message, Ct);

        var early = await flows.SweepAt(TimeSpan.FromHours(23)).RunAsync(Ct);
        Assert.Equal((0, 0, true), (early.Abandoned, early.Orphaned, early.Complete));
        Assert.NotEmpty(await flows.BlobsOfAsync(abandoned, Ct));

        var late = await flows.SweepAt(TimeSpan.FromHours(25)).RunAsync(Ct);
        Assert.Equal((1, 1), (late.Abandoned, late.Orphaned));
        Assert.Empty(await flows.BlobsOfAsync(abandoned, Ct));
        Assert.Empty(await flows.BlobsOfAsync(orphan, Ct));
        Assert.Equal(4, (await flows.BlobsOfAsync(ready, Ct)).Length);
    }

    [Fact]
    public async Task A_job_whose_message_was_lost_is_queued_again()
    {
        var (id, _) = await flows.UploadAsync(Pictures.Jpeg(), Ct);

        await flows.SweepAt(TimeSpan.FromMinutes(50)).RunAsync(Ct);
        Assert.Null(await flows.JobOfAsync(id, Ct));

        await flows.SweepAt(TimeSpan.FromMinutes(70)).RunAsync(Ct);
        Assert.NotNull(await flows.JobOfAsync(id, Ct));
    }

    [Fact]
    public async Task A_job_waiting_in_a_backlog_is_not_queued_again()
    {
        var outcome = await flows.Uploads.AcceptAsync(
            new ImageUpload { Owner = "c1", Body = new MemoryStream(Pictures.Jpeg()) }, Ct);
        Assert.True(ImageId.TryParse(outcome.Value?.Id, out var id));

        await flows.SweepAt(TimeSpan.FromHours(5)).RunAsync(Ct);

        Assert.NotNull(await flows.JobOfAsync(id, Ct));
        Assert.Null(await flows.JobOfAsync(id, Ct));
    }

    [Fact]
    public async Task A_sweep_succeeds_if_containers_and_queues_do_not_exist()
    {
        var empty = new ImageFlows();
        await empty.InitializeAsync();
        await using (empty)
        {
            Assert.Equal(new SweepCounts(0, 0, 0, 0, Complete: true), await empty.SweepAt(TimeSpan.Zero).RunAsync(Ct));
        }
    }
}
