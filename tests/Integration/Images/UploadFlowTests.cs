using ServerlessScale.Shared.Images;
using ServerlessScale.Shared.Images.Uploading;

namespace ServerlessScale.Tests.Integration.Images;

/// <summary>
/// Tests uploads through the app. Either an image is stored completely with its manifest and its job, or nothing is stored.
/// </summary>
public sealed class UploadFlowTests(ImageFlows flows) : IClassFixture<ImageFlows>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(0)]
    [InlineData(1024 * 1024)]
    [InlineData(3 * 1024 * 1024)]
    [InlineData((3 * 1024 * 1024) + 17)]
    public async Task An_image_is_stored_unchanged_and_its_job_is_queued(int size)
    {
        var image = size == 0 ? Pictures.Jpeg() : Pictures.JpegOfSize(size);

        var outcome = await flows.Uploads.AcceptAsync(
            new ImageUpload { Owner = "c1", ContentType = "image/png", Body = new NetworkStream(image) }, Ct);

        Assert.True(outcome.Succeeded(out var accepted, out _));
        Assert.True(ImageId.TryParse(accepted.Id, out var id));
        var original = (await flows.Originals.Blob(id).DownloadContentAsync(Ct)).Value;
        Assert.Equal(image, original.Content.ToArray());
        Assert.Equal("image/jpeg", original.Details.ContentType);
        var manifest = await flows.ManifestAsync(id, Ct);
        Assert.Equal(ImageStatus.Queued, manifest.Status);
        Assert.Equal("c1", manifest.Owner);
        Assert.Equal(new ImageSource(image.Length, "image/jpeg"), manifest.Source);
        Assert.Equal(original.Details.ETag.ToString(), manifest.SourceETag);
        Assert.NotNull(await flows.JobOfAsync(id, Ct));
    }

    [Fact]
    public async Task An_upload_at_the_size_limit_is_accepted()
    {
        var image = Pictures.JpegOfSize((int)flows.Options.MaxPostedBytes);

        var outcome = await flows.Uploads.AcceptAsync(new ImageUpload { Owner = "c1", Body = new MemoryStream(image) }, Ct);

        Assert.True(outcome.Succeeded(out var accepted, out _));
        Assert.Equal(flows.Options.MaxPostedBytes, accepted.Source.Bytes);
    }

    [Fact]
    public async Task An_upload_over_the_size_limit_leaves_no_blobs_behind()
    {
        var known = await flows.AllBlobsAsync(Ct);
        var body = new MemoryStream(Pictures.JpegOfSize((int)flows.Options.MaxPostedBytes + 1));

        var outcome = await flows.Uploads.AcceptAsync(new ImageUpload { Owner = "c1", Body = body }, Ct);

        Assert.Equal((413, "image-too-large"), (outcome.Problem?.Status, outcome.Problem?.Code));
        Assert.Contains("POST /api/uploads", outcome.Problem?.Detail, StringComparison.Ordinal);
        Assert.Empty(await flows.BlobsOtherThanAsync(known, Ct));
    }

    [Fact]
    public async Task An_upload_with_excessive_Content_Length_is_not_read()
    {
        var body = new MemoryStream(Pictures.Jpeg());

        var outcome = await flows.Uploads.AcceptAsync(
            new ImageUpload { Owner = "c1", ContentLength = flows.Options.MaxPostedBytes + 1, Body = body }, Ct);

        Assert.Equal(413, outcome.Problem?.Status);
        Assert.Equal(0, body.Position);
    }

    [Theory]
    [InlineData(200_000)]
    [InlineData(2_500_000)]
    public async Task An_aborted_upload_leaves_no_blobs_behind(int after)
    {
        var known = await flows.AllBlobsAsync(Ct);
        using var aborted = new CancellationTokenSource();
        var body = new NetworkStream(Pictures.JpegOfSize(5_000_000)) { AbortAt = (after, aborted) };

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => flows.Uploads.AcceptAsync(new ImageUpload { Owner = "c1", Body = body }, aborted.Token));

        Assert.Empty(await flows.BlobsOtherThanAsync(known, Ct));
    }

    [Fact]
    public async Task An_upload_during_a_queue_outage_leaves_no_blobs_behind()
    {
        var known = await flows.AllBlobsAsync(Ct);

        var outcome = await flows.UploadsTo(ImageFlows.UnreachableQueues).AcceptAsync(
            new ImageUpload { Owner = "c1", Body = new MemoryStream(Pictures.Jpeg()) }, Ct);

        Assert.Equal((503, "queue-unavailable"), (outcome.Problem?.Status, outcome.Problem?.Code));
        Assert.NotNull(outcome.Problem?.RetryAfterSeconds);
        Assert.Empty(await flows.BlobsOtherThanAsync(known, Ct));
    }

    [Theory]
    [InlineData("", null, 400, "empty-body")]
    [InlineData("This is a text, not a photograph.", "image/jpeg", 415, "unsupported-image-type")]
    [InlineData("GIF", null, 415, "unsupported-image-type")]
    [InlineData("GIF89a...", "text/plain", 415, "unsupported-image-type")]
    [InlineData("GIF89a...", "multipart/form-data; boundary=x", 415, "unsupported-image-type")]
    [InlineData("GIF89a...", "not a media type", 415, "unsupported-image-type")]
    public async Task An_upload_that_is_not_an_image_leaves_no_blobs_behind(string text, string? contentType, int status, string code)
    {
        var known = await flows.AllBlobsAsync(Ct);
        var body = new MemoryStream(System.Text.Encoding.ASCII.GetBytes(text));

        var outcome = await flows.Uploads.AcceptAsync(new ImageUpload { Owner = "c1", ContentType = contentType, Body = body }, Ct);

        Assert.Equal((status, code), (outcome.Problem?.Status, outcome.Problem?.Code));
        Assert.Empty(await flows.BlobsOtherThanAsync(known, Ct));
    }

    /// <summary>A stream of unknown length. Like a network stream, it returns its bytes in small chunks of different sizes.</summary>
    private sealed class NetworkStream(byte[] bytes) : Stream
    {
        private int _position;

        public (int Position, CancellationTokenSource Request)? AbortAt { get; init; }

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (_position >= AbortAt?.Position)
            {
                await AbortAt.Value.Request.CancelAsync();
            }

            cancellationToken.ThrowIfCancellationRequested();
            var count = Math.Min(Math.Min(buffer.Length, 7 + (_position % 50_000)), bytes.Length - _position);
            bytes.AsMemory(_position, count).CopyTo(buffer);
            _position += count;
            return count;
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Flush() => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
