using System.Net;
using ServerlessScale.Shared.Images;

namespace ServerlessScale.Tests.Integration.Images;

/// <summary>Given an upload URL, when something is put there and completed, then it becomes an image or is removed.</summary>
public sealed class DirectUploadFlowTests(ImageFlows flows) : IClassFixture<ImageFlows>
{
    private static readonly HttpClient Http = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_was_put_to_the_url_is_queued_once_completed_and_completing_again_is_harmless()
    {
        var image = Pictures.Jpeg();
        var ticket = await OfferAsync(image.Length);
        Assert.Equal(HttpStatusCode.Created, await PutAsync(ticket.UploadUrl, image));

        var first = await flows.DirectUploads.CompleteAsync(ticket.Id.Value, "c1", Ct);
        var job = await flows.JobOfAsync(ticket.Id, Ct);
        var second = await flows.DirectUploads.CompleteAsync(ticket.Id.Value, "c1", Ct);

        Assert.Equal(ImageStatus.Queued, first.Value?.Status);
        Assert.NotNull(job);
        Assert.Equal(ImageStatus.Queued, second.Value?.Status);
        Assert.Null(await flows.JobOfAsync(ticket.Id, Ct));
    }

    [Fact]
    public async Task The_url_writes_one_blob_and_can_do_nothing_else()
    {
        var ticket = await OfferAsync(10);
        var other = new UriBuilder(ticket.UploadUrl) { Path = ticket.UploadUrl.AbsolutePath.Replace(ticket.Id.Value, ImageId.New().Value) };
        await PutAsync(ticket.UploadUrl, Pictures.Jpeg());

        using var read = await Http.GetAsync(ticket.UploadUrl, Ct);
        using var delete = await Http.DeleteAsync(ticket.UploadUrl, Ct);

        Assert.Equal(HttpStatusCode.Forbidden, read.StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, delete.StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, await PutAsync(other.Uri, Pictures.Jpeg()));
    }

    [Fact]
    public async Task An_image_whose_upload_is_awaited_is_not_there_yet()
    {
        var ticket = await OfferAsync(10);

        Assert.Equal("image-not-found", (await flows.Queries.FindAsync(ticket.Id.Value, Ct)).Problem?.Code);
        Assert.Equal("image-not-found", (await flows.Queries.OpenVariantAsync(ticket.Id.Value, "480.webp", true, Ct)).Problem?.Code);
    }

    [Fact]
    public async Task Completing_before_the_upload_is_a_conflict_that_the_upload_resolves()
    {
        var image = Pictures.Jpeg();
        var ticket = await OfferAsync(image.Length);

        var early = await flows.DirectUploads.CompleteAsync(ticket.Id.Value, "c1", Ct);
        await PutAsync(ticket.UploadUrl, image);
        var late = await flows.DirectUploads.CompleteAsync(ticket.Id.Value, "c1", Ct);

        Assert.Equal((409, "upload-missing"), (early.Problem?.Status, early.Problem?.Code));
        Assert.Equal(ImageStatus.Queued, late.Value?.Status);
    }

    [Fact]
    public async Task Another_customers_upload_does_not_exist_for_anyone_else()
    {
        var image = Pictures.Jpeg();
        var ticket = await OfferAsync(image.Length);
        await PutAsync(ticket.UploadUrl, image);

        var outcome = await flows.DirectUploads.CompleteAsync(ticket.Id.Value, "c2", Ct);

        Assert.Equal((404, "image-not-found"), (outcome.Problem?.Status, outcome.Problem?.Code));
        Assert.Equal(ImageStatus.AwaitingUpload, (await flows.ManifestAsync(ticket.Id, Ct)).Status);
    }

    [Theory]
    [InlineData(0, 422, "upload-size-mismatch")]
    [InlineData(99, 422, "upload-size-mismatch")]
    [InlineData(100, 415, "unsupported-image-type")]
    [InlineData(26_214_401, 413, "image-too-large")]
    public async Task An_upload_that_is_not_what_was_declared_is_removed(int bytes, int status, string code)
    {
        var ticket = await OfferAsync(100);
        await PutAsync(ticket.UploadUrl, new byte[bytes]);

        var outcome = await flows.DirectUploads.CompleteAsync(ticket.Id.Value, "c1", Ct);

        Assert.Equal((status, code), (outcome.Problem?.Status, outcome.Problem?.Code));
        Assert.Empty(await flows.BlobsOfAsync(ticket.Id, Ct));
    }

    [Fact]
    public async Task An_upload_overwritten_after_its_completion_fails_as_changed()
    {
        var image = Pictures.Jpeg();
        var ticket = await OfferAsync(image.Length);
        await PutAsync(ticket.UploadUrl, image);
        await flows.DirectUploads.CompleteAsync(ticket.Id.Value, "c1", Ct);
        var job = await flows.JobOfAsync(ticket.Id, Ct);

        await PutAsync(ticket.UploadUrl, Pictures.Jpeg(64, 64));
        await flows.Job(new ScriptedEngine()).RunAsync(ticket.Id, job!, Ct);

        Assert.Equal("source-changed", (await flows.ManifestAsync(ticket.Id, Ct)).Error?.Code);
    }

    [Fact]
    public async Task A_completion_whose_job_cannot_be_queued_can_be_repeated()
    {
        var image = Pictures.Jpeg();
        var ticket = await OfferAsync(image.Length);
        await PutAsync(ticket.UploadUrl, image);

        var failed = await flows.DirectUploadsTo(ImageFlows.DeadQueues).CompleteAsync(ticket.Id.Value, "c1", Ct);
        var repeated = await flows.DirectUploads.CompleteAsync(ticket.Id.Value, "c1", Ct);

        Assert.Equal(503, failed.Problem?.Status);
        Assert.Equal(ImageStatus.Queued, repeated.Value?.Status);
        Assert.NotNull(await flows.JobOfAsync(ticket.Id, Ct));
    }

    [Theory]
    [InlineData("image/svg+xml", 10, 415, "unsupported-image-type", "/contentType")]
    [InlineData("image/jpeg", 0, 422, "invalid-body", "/bytes")]
    [InlineData("image/jpeg", -1, 422, "invalid-body", "/bytes")]
    [InlineData("image/jpeg", 26_214_401, 413, "image-too-large", "/bytes")]
    public async Task An_upload_that_could_never_be_accepted_gets_no_url(
        string contentType, long bytes, int status, string code, string pointer)
    {
        var outcome = await flows.DirectUploads.OfferAsync("c1", contentType, bytes, Ct);

        Assert.Equal((status, code, pointer), (outcome.Problem?.Status, outcome.Problem?.Code, outcome.Problem?.Pointer));
    }

    private async Task<UploadTicket> OfferAsync(long bytes)
    {
        var outcome = await flows.DirectUploads.OfferAsync("c1", "image/jpeg", bytes, Ct);
        return outcome.Value ?? throw new InvalidOperationException(outcome.Problem?.Detail);
    }

    private static async Task<HttpStatusCode> PutAsync(Uri url, byte[] bytes)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, url) { Content = new ByteArrayContent(bytes) };
        request.Headers.Add("x-ms-blob-type", "BlockBlob");
        using var response = await Http.SendAsync(request, Ct);
        return response.StatusCode;
    }
}
