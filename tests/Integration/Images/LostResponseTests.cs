using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Storage.Blobs;
using ServerlessScale.Shared.Images;
using ServerlessScale.Shared.Images.Storage;

namespace ServerlessScale.Tests.Integration.Images;

/// <summary>
/// Storage has written a manifest, but its response is lost. The chaos run with seed 1 found that the job then took its own write for that of
/// another delivery, and never sent the event of the image.
/// </summary>
public sealed class LostResponseTests(ImageFlows flows) : IClassFixture<ImageFlows>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_write_whose_response_is_lost_was_successful()
    {
        var lossy = new LossyPolicy();
        var options = new BlobClientOptions { Retry = { Delay = TimeSpan.FromMilliseconds(1) } };
        options.AddPolicy(lossy, HttpPipelinePosition.PerRetry);
        var manifests = new ManifestStore(flows.BlobsWith(options));
        var id = ImageId.New();
        var created = await manifests.CreateAsync(id, Manifest(id), Ct);
        var ready = created.Manifest with { Status = ImageStatus.Ready };

        lossy.LosesNext = true;
        var replaced = await manifests.TryReplaceAsync(id, created, ready, Ct);

        Assert.False(lossy.LosesNext);
        Assert.Equal(ImageStatus.Ready, replaced?.Manifest.Status);
        Assert.Equal((await manifests.FindAsync(id, Ct))!.ETag, replaced!.ETag);
    }

    [Fact]
    public async Task A_write_after_that_of_another_process_is_refused()
    {
        var id = ImageId.New();
        var created = await flows.Manifests.CreateAsync(id, Manifest(id), Ct);
        await flows.Manifests.TryReplaceAsync(id, created, created.Manifest with { Status = ImageStatus.Processing }, Ct);

        Assert.Null(await flows.Manifests.TryReplaceAsync(id, created, created.Manifest with { Status = ImageStatus.Ready }, Ct));
    }

    private static ImageManifest Manifest(ImageId id) => new()
    {
        Id = id.Value,
        Owner = "c1",
        Status = ImageStatus.Queued,
        CreatedAt = DateTimeOffset.UnixEpoch,
        Source = new ImageSource(1, "image/jpeg"),
    };

    /// <summary>Drops the response to one write, after storage has written.</summary>
    private sealed class LossyPolicy : HttpPipelinePolicy
    {
        public bool LosesNext { get; set; }

        public override async ValueTask ProcessAsync(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
        {
            await ProcessNextAsync(message, pipeline);
            if (LosesNext && message.Request.Method == RequestMethod.Put)
            {
                LosesNext = false;
                throw new IOException("The response was lost.");
            }
        }

        public override void Process(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline) =>
            throw new NotSupportedException("The manifest store is asynchronous.");
    }
}
