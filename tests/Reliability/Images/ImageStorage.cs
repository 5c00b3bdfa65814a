using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Queues;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using ServerlessScale.Shared.Images;
using ServerlessScale.Shared.Images.Storage;

namespace ServerlessScale.Tests.Reliability.Images;

/// <summary>What a cloud has stored, seen past the app.</summary>
internal sealed class ImageStorage(string connectionString)
{
    private readonly BlobServiceClient _blobs = new(connectionString);
    private readonly QueueServiceClient _queues = new(connectionString);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>The blobs of a container with their sizes, staged blocks included.</summary>
    public async Task<Dictionary<string, long>> BlobsAsync(string container)
    {
        var blobs = new Dictionary<string, long>();
        await foreach (var blob in _blobs.GetBlobContainerClient(container).GetBlobsAsync(new GetBlobsOptions { States = BlobStates.Uncommitted }, Ct))
        {
            blobs.Add(blob.Name, blob.Properties.ContentLength ?? 0);
        }

        return blobs;
    }

    public async Task<IReadOnlyList<ImageManifest>> ManifestsAsync()
    {
        var store = new ManifestStore(_blobs);
        var manifests = new List<ImageManifest>();
        foreach (var name in (await BlobsAsync("manifests")).Keys)
        {
            Assert.True(ImageId.TryParse(Path.GetFileNameWithoutExtension(name), out var id), name);
            manifests.Add((await store.FindAsync(id, Ct))!.Manifest);
        }

        return manifests;
    }

    /// <summary>Until no message is left: neither waiting nor being worked at.</summary>
    public Task DrainQueueAsync() => Eventually.TrueAsync(
        async () => (await _queues.GetQueueClient(ImageJobQueue.Name).GetPropertiesAsync(Ct)).Value.ApproximateMessagesCount == 0,
        "the queue empties");

    /// <summary>How many messages were given up.</summary>
    public async Task<int> PoisonedAsync()
    {
        var poison = _queues.GetQueueClient(ImageJobQueue.PoisonName);
        return await poison.ExistsAsync(Ct) ? (await poison.GetPropertiesAsync(Ct)).Value.ApproximateMessagesCount : 0;
    }

    /// <summary>The app's own sweep, as if it ran in two days, when every interrupted upload is old enough for it.</summary>
    public Task<SweepCounts> SweepInTwoDaysAsync()
    {
        var later = new FakeTimeProvider(DateTimeOffset.UtcNow.AddDays(2));
        var manifests = new ManifestStore(_blobs);
        var originals = new OriginalStore(_blobs);
        var removal = new ImageRemoval(manifests, originals, new VariantStore(_blobs));
        return new ImageSweep(
            manifests, originals, new ImageJobQueue(_queues, later), removal, later, NullLogger<ImageSweep>.Instance).RunAsync(Ct);
    }
}
