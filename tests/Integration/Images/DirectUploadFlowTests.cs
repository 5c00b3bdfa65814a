using System.Net;
using ServerlessScale.Shared.Idempotency;
using ServerlessScale.Shared.Images;
using ServerlessScale.Shared.Images.Uploading;

namespace ServerlessScale.Tests.Integration.Images;

/// <summary>Tests uploads that clients send directly to storage. A completed upload either becomes an image or is removed.</summary>
public sealed class DirectUploadFlowTests(ImageFlows flows) : IClassFixture<ImageFlows>
{
    private static readonly HttpClient Http = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Completing_an_upload_twice_queues_one_job()
    {
        var image = Pictures.Jpeg();
        var ticket = await OfferAsync(image.Length);
        Assert.Equal(HttpStatusCode.Created, await PutAsync(ticket.UploadUrl, image));

        var first = await flows.DirectUploads.CompleteAsync(ticket.Id.Value, "c1", NewOperation(), Ct);
        var job = await flows.JobOfAsync(ticket.Id, Ct);
        var second = await flows.DirectUploads.CompleteAsync(ticket.Id.Value, "c1", NewOperation(), Ct);

        Assert.Equal(ImageStatus.Queued, first.Value?.Status);
        Assert.NotNull(job);
        Assert.Equal(ImageStatus.Queued, second.Value?.Status);
        Assert.Null(await flows.JobOfAsync(ticket.Id, Ct));
    }

    [Fact]
    public async Task An_upload_URL_permits_only_writing_one_blob()
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
    public async Task An_image_is_not_found_before_its_upload()
    {
        var ticket = await OfferAsync(10);

        Assert.Equal("image-not-found", (await flows.Queries.FindAsync(ticket.Id.Value, Ct)).Problem?.Code);
        Assert.Equal("image-not-found", (await flows.Queries.OpenVariantAsync(ticket.Id.Value, "480.webp", true, Ct)).Problem?.Code);
    }

    [Fact]
    public async Task Completing_an_upload_gets_409_before_the_blob_exists()
    {
        var image = Pictures.Jpeg();
        var ticket = await OfferAsync(image.Length);

        var early = await flows.DirectUploads.CompleteAsync(ticket.Id.Value, "c1", NewOperation(), Ct);
        await PutAsync(ticket.UploadUrl, image);
        var late = await flows.DirectUploads.CompleteAsync(ticket.Id.Value, "c1", NewOperation(), Ct);

        Assert.Equal((409, "upload-missing"), (early.Problem?.Status, early.Problem?.Code));
        Assert.Equal(ImageStatus.Queued, late.Value?.Status);
    }

    [Fact]
    public async Task Completing_an_archived_upload_gets_409_and_removes_it()
    {
        var image = Pictures.Jpeg();
        var ticket = await OfferAsync(image.Length);
        Assert.Equal(HttpStatusCode.Created, await PutAsync(ticket.UploadUrl, image, accessTier: "Archive"));

        var archived = await flows.DirectUploads.CompleteAsync(ticket.Id.Value, "c1", NewOperation(), Ct);

        Assert.Equal((409, "upload-unreadable"), (archived.Problem?.Status, archived.Problem?.Code));
        Assert.Equal("archived", archived.Problem?.Extensions?["reason"]);
        Assert.Empty(await flows.BlobsOfAsync(ticket.Id, Ct));
    }

    [Fact]
    public async Task An_image_fails_if_its_upload_is_archived_after_completion()
    {
        var image = Pictures.Jpeg();
        var ticket = await OfferAsync(image.Length);
        await PutAsync(ticket.UploadUrl, image);
        await flows.DirectUploads.CompleteAsync(ticket.Id.Value, "c1", NewOperation(), Ct);
        var job = await flows.JobOfAsync(ticket.Id, Ct);

        await PutAsync(ticket.UploadUrl, image, accessTier: "Archive");
        await flows.Job(new ScriptedEngine()).RunAsync(ticket.Id, job!, Ct);

        Assert.Equal("source-changed", (await flows.ManifestAsync(ticket.Id, Ct)).Error?.Code);
    }

    [Fact]
    public async Task Other_customers_cannot_complete_an_upload()
    {
        var image = Pictures.Jpeg();
        var ticket = await OfferAsync(image.Length);
        await PutAsync(ticket.UploadUrl, image);

        var outcome = await flows.DirectUploads.CompleteAsync(ticket.Id.Value, "c2", NewOperation(), Ct);

        Assert.Equal((404, "image-not-found"), (outcome.Problem?.Status, outcome.Problem?.Code));
        Assert.Equal(ImageStatus.AwaitingUpload, (await flows.ManifestAsync(ticket.Id, Ct)).Status);
    }

    [Theory]
    [InlineData(0, 422, "upload-size-mismatch")]
    [InlineData(99, 422, "upload-size-mismatch")]
    [InlineData(100, 415, "unsupported-image-type")]
    [InlineData(26_214_401, 413, "image-too-large")]
    public async Task An_upload_that_differs_from_its_declaration_is_removed(int bytes, int status, string code)
    {
        var ticket = await OfferAsync(100);
        await PutAsync(ticket.UploadUrl, new byte[bytes]);

        var outcome = await flows.DirectUploads.CompleteAsync(ticket.Id.Value, "c1", NewOperation(), Ct);

        Assert.Equal((status, code), (outcome.Problem?.Status, outcome.Problem?.Code));
        Assert.Empty(await flows.BlobsOfAsync(ticket.Id, Ct));
    }

    [Fact]
    public async Task An_image_fails_if_its_upload_is_overwritten_after_completion()
    {
        var image = Pictures.Jpeg();
        var ticket = await OfferAsync(image.Length);
        await PutAsync(ticket.UploadUrl, image);
        await flows.DirectUploads.CompleteAsync(ticket.Id.Value, "c1", NewOperation(), Ct);
        var job = await flows.JobOfAsync(ticket.Id, Ct);

        await PutAsync(ticket.UploadUrl, Pictures.Jpeg(64, 64));
        await flows.Job(new ScriptedEngine()).RunAsync(ticket.Id, job!, Ct);

        Assert.Equal("source-changed", (await flows.ManifestAsync(ticket.Id, Ct)).Error?.Code);
    }

    [Fact]
    public async Task An_upload_can_be_completed_after_a_queue_outage()
    {
        var image = Pictures.Jpeg();
        var ticket = await OfferAsync(image.Length);
        await PutAsync(ticket.UploadUrl, image);

        var failed = await flows.DirectUploadsTo(ImageFlows.UnreachableQueues).CompleteAsync(ticket.Id.Value, "c1", NewOperation(), Ct);
        var repeated = await flows.DirectUploads.CompleteAsync(ticket.Id.Value, "c1", NewOperation(), Ct);

        Assert.Equal(503, failed.Problem?.Status);
        Assert.Equal(ImageStatus.Queued, repeated.Value?.Status);
        Assert.NotNull(await flows.JobOfAsync(ticket.Id, Ct));
    }

    [Theory]
    [InlineData("image/svg+xml", 10, 415, "unsupported-image-type", "/contentType")]
    [InlineData("image/jpeg", 0, 422, "invalid-body", "/bytes")]
    [InlineData("image/jpeg", -1, 422, "invalid-body", "/bytes")]
    [InlineData("image/jpeg", 26_214_401, 413, "image-too-large", "/bytes")]
    public async Task An_invalid_image_declaration_does_not_get_an_upload_URL(
        string contentType, long bytes, int status, string code, string pointer)
    {
        var outcome = await flows.DirectUploads.OfferAsync("c1", contentType, bytes, NewOperation(), Ct);

        Assert.Equal((status, code, pointer), (outcome.Problem?.Status, outcome.Problem?.Code, outcome.Problem?.Pointer));
    }

    private static Operation NewOperation() => Operation.Unrecorded(TimeProvider.System);

    private async Task<UploadTicket> OfferAsync(long bytes)
    {
        var outcome = await flows.DirectUploads.OfferAsync("c1", "image/jpeg", bytes, NewOperation(), Ct);
        return outcome.Value ?? throw new InvalidOperationException(outcome.Problem?.Detail);
    }

    private static async Task<HttpStatusCode> PutAsync(Uri url, byte[] bytes, string? accessTier = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, url) { Content = new ByteArrayContent(bytes) };
        request.Headers.Add("x-ms-blob-type", "BlockBlob");
        if (accessTier is not null)
        {
            request.Headers.Add("x-ms-access-tier", accessTier);
        }

        using var response = await Http.SendAsync(request, Ct);
        return response.StatusCode;
    }
}
