using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Storage.Blobs;
using ServerlessScale.Shared.Images;
using ServerlessScale.Shared.Images.Storage;
using ServerlessScale.Shared.Problems;

namespace ServerlessScale.Tests.Integration.Images;

/// <summary>Tests reading variants, deleting images, and the problems that explain why a variant is missing.</summary>
public sealed class VariantFlowTests(ImageFlows flows) : IClassFixture<ImageFlows>
{
    private static readonly VariantName Name = new(480, "webp");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_variant_can_be_read_from_any_position(bool wholeIsWanted)
    {
        var id = ImageId.New();
        byte[] bytes = [.. Enumerable.Range(0, 100_000).Select(i => (byte)(i * 7))];
        await flows.Variants.PutAsync(id, Name, bytes, Ct);

        await using var content = (await flows.Variants.OpenAsync(id, Name, wholeIsWanted, Ct))!.Content;
        Assert.Equal(bytes.Length, content.Length);
        Assert.Equal(bytes, await ReadToEndAsync(content));

        content.Seek(-10, SeekOrigin.End);
        Assert.Equal(bytes[^10..], await ReadToEndAsync(content));
        content.Position = 50_000;
        Assert.Equal(bytes[50_000..], await ReadToEndAsync(content));
    }

    [Theory]
    [InlineData(true, false, 1)]
    [InlineData(true, true, 1)]
    [InlineData(false, false, 1)]
    [InlineData(false, true, 2)]
    public async Task Opening_a_variant_for_a_complete_read_saves_a_storage_request(bool wholeIsWanted, bool read, int requests)
    {
        var id = ImageId.New();
        await flows.Variants.PutAsync(id, Name, [1, 2, 3], Ct);
        var counter = new RequestCounter();
        var options = new BlobClientOptions();
        options.AddPolicy(counter, HttpPipelinePosition.PerRetry);

        var variant = await new VariantStore(flows.BlobsWith(options)).OpenAsync(id, Name, wholeIsWanted, Ct);
        await using var content = variant!.Content;
        if (read)
        {
            await ReadToEndAsync(content);
        }

        Assert.Equal(requests, counter.Requests);
    }

    [Fact]
    public async Task Reading_a_variant_that_was_deleted_after_opening_fails_with_404()
    {
        var id = ImageId.New();
        await flows.Variants.PutAsync(id, Name, [1, 2, 3], Ct);
        await using var content = (await flows.Variants.OpenAsync(id, Name, wholeIsWanted: false, Ct))!.Content;
        await flows.Variants.DeleteAllAsync(id, Ct);

        var problem = await Assert.ThrowsAsync<ProblemException>(() => ReadToEndAsync(content));

        Assert.Equal(404, problem.Problem.Status);
    }

    [Fact]
    public async Task The_problem_for_a_missing_variant_states_the_cause()
    {
        var (id, message) = await flows.UploadAsync(Pictures.Jpeg(), Ct);
        var queued = await flows.Queries.OpenVariantAsync(id.Value, "480.webp", true, Ct);
        await flows.Job(new ScriptedEngine()).RunAsync(id, message, Ct);
        var otherWidth = await flows.Queries.OpenVariantAsync(id.Value, "481.webp", true, Ct);
        var nonsense = await flows.Queries.OpenVariantAsync(id.Value, "480.exe", true, Ct);
        var there = await flows.Queries.OpenVariantAsync(id.Value, "480.webp", true, Ct);

        Assert.Equal(("image-not-ready", 1), (queued.Problem?.Code, queued.Problem?.RetryAfterSeconds));
        Assert.Equal("variant-not-found", otherWidth.Problem?.Code);
        Assert.Contains("480.webp, 480.jpg", otherWidth.Problem?.Detail, StringComparison.Ordinal);
        Assert.Equal("variant-not-found", nonsense.Problem?.Code);
        await there.Value!.Content.DisposeAsync();
    }

    [Fact]
    public async Task The_problem_for_a_variant_of_a_failed_image_reports_the_failure()
    {
        var (id, message) = await flows.UploadAsync(Pictures.TruncatedJpeg(), Ct);
        await flows.Job(new ScriptedEngine()).RunAsync(id, message, Ct);

        var problem = (await flows.Queries.OpenVariantAsync(id.Value, "480.webp", true, Ct)).Problem;

        Assert.Equal((404, "image-failed"), (problem?.Status, problem?.Code));
        Assert.Equal((await flows.ManifestAsync(id, Ct)).Error?.Detail, problem?.Detail);
    }

    [Fact]
    public async Task Only_the_owner_can_delete_an_image()
    {
        var (id, _) = await flows.UploadAsync(Pictures.Jpeg(), Ct);

        Assert.Equal(404, (await flows.Removal.DeleteAsync(id.Value, "c2", Ct))?.Status);
        Assert.NotEmpty(await flows.BlobsOfAsync(id, Ct));
        Assert.Null(await flows.Removal.DeleteAsync(id.Value, "c1", Ct));
        Assert.Empty(await flows.BlobsOfAsync(id, Ct));
        Assert.Equal(404, (await flows.Removal.DeleteAsync(id.Value, "c1", Ct))?.Status);
    }

    private static async Task<byte[]> ReadToEndAsync(Stream content)
    {
        var copy = new MemoryStream();
        await content.CopyToAsync(copy, Ct);
        return copy.ToArray();
    }

    private sealed class RequestCounter : HttpPipelineSynchronousPolicy
    {
        public int Requests { get; private set; }

        public override void OnSendingRequest(HttpMessage message) => Requests++;
    }
}
