using Azure.Storage.Blobs;
using Azure.Storage.Queues;
using Microsoft.Extensions.Logging.Abstractions;
using ServerlessScale.Shared.Images;
using ServerlessScale.Shared.Images.Processing;
using ServerlessScale.Shared.Images.Rendering;
using ServerlessScale.Shared.Images.Storage;
using ServerlessScale.Shared.Images.Uploading;
using ServerlessScale.Shared.Messaging;

namespace ServerlessScale.Tests.Integration.Images;

/// <summary>
/// Provides the classes of the image capability with a real Azurite instance but without a worker process. Tests call these classes
/// directly, because HTTP requests cannot interrupt or interleave operations.
/// </summary>
public sealed class ImageFlows : IAsyncLifetime
{
    private readonly Azurite _azurite = new();

    public Azurite Azurite => _azurite;

    public BlobServiceClient Blobs => _azurite.Blobs;

    public QueueServiceClient Queues => _azurite.Queues;

    public ImageOptions Options { get; } = new();

    public ManifestStore Manifests => new(Blobs);

    public OriginalStore Originals => new(Blobs);

    public VariantStore Variants => new(Blobs);

    public ImageRemoval Removal => new(Manifests, Originals, Variants);

    public ImageQueries Queries => new(Manifests, Variants);

    public ImageUploads Uploads => UploadsTo(Queues);

    public DirectUploads DirectUploads => DirectUploadsTo(Queues);

    /// <summary>A client for a queue service that refuses connections.</summary>
    public static QueueServiceClient UnreachableQueues
    {
        get
        {
            var options = new QueueClientOptions { Retry = { MaxRetries = 0 } };
            return new QueueServiceClient("DefaultEndpointsProtocol=http;AccountName=a;AccountKey=AAAA;QueueEndpoint=http://127.0.0.1:1/a;", options);
        }
    }

    public ValueTask InitializeAsync() => _azurite.InitializeAsync();

    public ValueTask DisposeAsync() => _azurite.DisposeAsync();

    public QueueServiceClient QueuesWith(QueueClientOptions options) => new(_azurite.ConnectionString, options);

    public BlobServiceClient BlobsWith(BlobClientOptions options) => new(_azurite.ConnectionString, options);

    public ImageUploads UploadsTo(QueueServiceClient queues) => new(
        Manifests,
        Originals,
        new ImageJobQueue(queues, TimeProvider.System),
        Removal,
        Microsoft.Extensions.Options.Options.Create(Options),
        TimeProvider.System,
        NullLogger<ImageUploads>.Instance);

    public DirectUploads DirectUploadsTo(QueueServiceClient queues) => new(
        Manifests,
        Originals,
        new UploadUrlSigner(Blobs),
        new ImageJobQueue(queues, TimeProvider.System),
        Removal,
        Microsoft.Extensions.Options.Options.Create(Options),
        NullLogger<DirectUploads>.Instance);

    public ImageJob Job(IImageEngine engine) => JobOver(engine, Blobs);

    public ImageJob JobOver(IImageEngine engine, BlobServiceClient variants)
    {
        var options = Microsoft.Extensions.Options.Options.Create(Options);
        return new ImageJob(
            Manifests, Originals, new VariantStore(variants), Removal, new ImageEvents(new EventQueue(Queues)), engine, new PixelBudget(options),
            new ImageUpgradeQueue(Queues), new UpgradePriority(TimeProvider.System), options, TimeProvider.System, NullLogger<ImageJob>.Instance);
    }

    public ImageUpgrade Upgrade(
        IImageEngine engine, TimeProvider? time = null, UpgradePriority? priority = null, QueueServiceClient? upgrades = null) => new(
        Manifests, Originals, Variants, Removal, new ImageEvents(new EventQueue(Queues)), engine, new ImageUpgradeQueue(upgrades ?? Queues),
        priority ?? new UpgradePriority(TimeProvider.System), Microsoft.Extensions.Options.Options.Create(Options), time ?? TimeProvider.System,
        NullLogger<ImageUpgrade>.Instance);

    public ImageSweep SweepAt(TimeSpan later)
    {
        var time = new LaterTime(later);
        return new ImageSweep(
            Manifests, Originals, new ImageJobQueue(Queues, time), Removal, time, NullLogger<ImageSweep>.Instance);
    }

    /// <summary>Uploads an image as customer <c>c1</c>. Returns the image's id and the queued job.</summary>
    public async Task<(ImageId Id, ImageJobMessage Message)> UploadAsync(byte[] image, CancellationToken cancellationToken)
    {
        var outcome = await Uploads.AcceptAsync(new ImageUpload { Owner = "c1", Body = new MemoryStream(image) }, cancellationToken);
        Assert.True(outcome.Succeeded(out var manifest, out _));
        Assert.True(ImageId.TryParse(manifest.Id, out var id));
        return (id, await JobOfAsync(id, cancellationToken) ?? throw new InvalidOperationException("No job was queued."));
    }

    /// <summary>
    /// Removes messages from the queue until it finds the job of the image. Returns null if the queue contains no such job.
    /// </summary>
    public async Task<ImageJobMessage?> JobOfAsync(ImageId id, CancellationToken cancellationToken)
    {
        var queue = Queues.GetQueueClient(ImageJobQueue.Name);
        while (await queue.ExistsAsync(cancellationToken)
            && (await queue.ReceiveMessageAsync(TimeSpan.FromMinutes(1), cancellationToken)).Value is { } message)
        {
            await queue.DeleteMessageAsync(message.MessageId, message.PopReceipt, cancellationToken);
            if (ImageJobMessage.TryParse(message.MessageText, out var found, out var job) && found == id)
            {
                return job;
            }
        }

        return null;
    }

    public async Task<ImageManifest> ManifestAsync(ImageId id, CancellationToken cancellationToken) =>
        (await Manifests.FindAsync(id, cancellationToken))?.Manifest ?? throw new InvalidOperationException($"{id} has no manifest.");

    /// <summary>Returns the stored blobs that are not in <paramref name="known"/>.</summary>
    public async Task<string[]> BlobsOtherThanAsync(IEnumerable<string> known, CancellationToken cancellationToken) =>
        [.. (await AllBlobsAsync(cancellationToken)).Except(known)];

    public async Task<string[]> BlobsOfAsync(ImageId id, CancellationToken cancellationToken) =>
        [.. (await AllBlobsAsync(cancellationToken)).Where(name => name.Contains(id.Value, StringComparison.Ordinal))];

    /// <inheritdoc cref="ImageBlobs.ListAsync"/>
    public Task<string[]> AllBlobsAsync(CancellationToken cancellationToken) => ImageBlobs.ListAsync(Blobs, cancellationToken);

    private sealed class LaterTime(TimeSpan later) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + later;
    }
}
