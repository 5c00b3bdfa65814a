using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Queues;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using ServerlessScale.Shared.Images;
using ServerlessScale.Shared.Images.Processing;
using ServerlessScale.Shared.Images.Storage;

namespace ServerlessScale.Tests.Reliability.Images;

/// <summary>Reads the blobs and queues of a running cloud directly, without its app.</summary>
internal sealed class ImageStorage(string connectionString)
{
    private readonly BlobServiceClient _blobs = new(connectionString);
    private readonly QueueServiceClient _queues = new(connectionString);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>Returns the names and sizes of the blobs in a container, including blobs that have only uncommitted blocks.</summary>
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

    /// <summary>Waits until the queues for jobs and upgrades contain neither visible nor hidden messages.</summary>
    public async Task DrainQueuesAsync()
    {
        foreach (var name in (string[])[ImageJobQueue.Name, ImageUpgradeQueue.Name, ImageUpgradeQueue.PoisonName])
        {
            var queue = _queues.GetQueueClient(name);
            await Eventually.TrueAsync(
                async () => !await queue.ExistsAsync(Ct) || (await queue.GetPropertiesAsync(Ct)).Value.ApproximateMessagesCount == 0,
                $"the queue {name} is empty");
        }
    }

    /// <summary>Returns the number of messages in the poison queue.</summary>
    public async Task<int> PoisonedAsync()
    {
        var poison = _queues.GetQueueClient(ImageJobQueue.PoisonName);
        return await poison.ExistsAsync(Ct) ? (await poison.GetPropertiesAsync(Ct)).Value.ApproximateMessagesCount : 0;
    }

    /// <summary>
    /// Runs the app's sweep with a clock that is two days ahead, so that every interrupted upload is old enough to be removed.
    /// </summary>
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
