using System.Xml.Linq;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Storage.Queues;
using Microsoft.Extensions.Time.Testing;
using ServerlessScale.Shared.Images;
using ServerlessScale.Shared.Images.Probing;
using ServerlessScale.Shared.Images.Processing;
using ServerlessScale.Shared.Messaging;

namespace ServerlessScale.Tests.Integration.Images;

/// <summary>Tests upgrades. After every interruption of an upgrade, the manifest is correct and no orphaned blob remains.</summary>
public sealed class UpgradeFlowTests(ImageFlows flows) : IClassFixture<ImageFlows>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_ready_image_queues_its_upgrade()
    {
        var (id, message) = await flows.UploadAsync(Pictures.Jpeg(), Ct);

        await flows.Job(new ScriptedEngine()).RunAsync(id, message, Ct);

        Assert.Equal(["image.ready"], await EventTypesAsync(id));
        Assert.Single(await UpgradesAsync(id));
    }

    [Fact]
    public async Task A_repeated_job_message_queues_a_lost_upgrade_again()
    {
        var (id, message) = await ReadyAsync();
        Assert.Single(await UpgradesAsync(id));

        await flows.Job(new ScriptedEngine()).RunAsync(id, message, Ct);

        Assert.Single(await UpgradesAsync(id));
    }

    [Fact]
    public async Task A_repeated_job_message_of_an_upgraded_image_does_nothing()
    {
        var (id, message) = await ReadyAsync();
        await flows.Upgrade(new ScriptedEngine()).RunAsync(id, Assert.Single(await UpgradesAsync(id)), Ct);
        await EventTypesAsync(id);

        await flows.Job(new ScriptedEngine()).RunAsync(id, message, Ct);

        Assert.Empty(await UpgradesAsync(id));
        Assert.Empty(await EventTypesAsync(id));
    }

    [Fact]
    public async Task An_upgrade_adds_variants_to_a_ready_image()
    {
        var (id, _) = await ReadyAsync();

        await UpgradeAsync(id);

        var manifest = await flows.ManifestAsync(id, Ct);
        Assert.Equal(ImageStatus.Ready, manifest.Status);
        Assert.Equal(["480.webp", "480.jpg", "480.avif", "160.avif"], manifest.VariantNames().Select(name => name.ToString()));
        Assert.NotNull(manifest.UpgradedAt);
        Assert.Equal(["image.ready", "image.upgraded"], await EventTypesAsync(id));
        var stored = (await flows.Blobs.GetBlobContainerClient("variants").GetBlobClient($"{id}/480.avif").DownloadContentAsync(Ct)).Value;
        Assert.Equal(("avif", "image/avif"), (stored.Content.ToString(), stored.Details.ContentType));
    }

    [Fact]
    public async Task A_repeated_upgrade_message_sends_the_same_event_again()
    {
        var (id, _) = await ReadyAsync();
        await UpgradeAsync(id);
        var before = await flows.Manifests.FindAsync(id, Ct);
        var first = (await EventsAsync(id)).Single(sent => sent.Type == "image.upgraded");

        var engine = new ScriptedEngine();
        await UpgradeAsync(id, engine);

        var again = Assert.Single(await EventsAsync(id));
        Assert.Equal((first.Id, first.Timestamp, first.Data.ToString()), (again.Id, again.Timestamp, again.Data.ToString()));
        Assert.Equal($"evt_{id}_upgraded", again.Id);
        Assert.Equal(before?.ETag, (await flows.Manifests.FindAsync(id, Ct))?.ETag);
        Assert.Equal(0, engine.Renderings);
    }

    [Fact]
    public async Task An_upgrade_without_time_left_keeps_the_finished_variants()
    {
        var (id, _) = await ReadyAsync();
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        var slow = new ScriptedEngine(beforeUpgrade: () =>
        {
            time.Advance(flows.Options.UpgradeBudget);
            return Task.CompletedTask;
        });

        await flows.Upgrade(slow, time).RunAsync(id, new ImageUpgradeMessage(id.Value, time.GetUtcNow()), Ct);

        var manifest = await flows.ManifestAsync(id, Ct);
        Assert.Equal(["480.webp", "480.jpg", "160.avif"], manifest.VariantNames().Select(name => name.ToString()));
        Assert.NotNull(manifest.UpgradedAt);
        Assert.Equal(["image.ready", "image.upgraded"], await EventTypesAsync(id));
    }

    [Fact]
    public async Task A_change_of_the_manifest_during_an_upgrade_is_kept()
    {
        var (id, _) = await ReadyAsync();
        var engine = new ScriptedEngine(between: async () =>
        {
            var current = await flows.Manifests.FindAsync(id, Ct);
            Assert.NotNull(await flows.Manifests.TryReplaceAsync(id, current!, current!.Manifest with { DominantColor = "#123456" }, Ct));
        });

        await UpgradeAsync(id, engine);

        var manifest = await flows.ManifestAsync(id, Ct);
        Assert.Equal(("#123456", 4), (manifest.DominantColor, manifest.Variants.Count));
    }

    [Fact]
    public async Task Two_concurrent_deliveries_of_an_upgrade_list_each_variant_once()
    {
        var (id, _) = await ReadyAsync();
        var second = flows.Upgrade(new ScriptedEngine());
        var message = new ImageUpgradeMessage(id.Value, DateTimeOffset.UtcNow);

        await UpgradeAsync(id, new ScriptedEngine(between: () => second.RunAsync(id, message, Ct)));

        Assert.Equal(4, (await flows.ManifestAsync(id, Ct)).Variants.Count);
        Assert.Single((await EventsAsync(id)).Where(sent => sent.Type == "image.upgraded").Select(sent => (sent.Id, sent.Timestamp)).Distinct());
    }

    [Fact]
    public async Task Deleting_an_image_during_its_upgrade_leaves_no_blobs_behind()
    {
        var (id, _) = await ReadyAsync();

        await UpgradeAsync(id, new ScriptedEngine(between: async () => Assert.Null(await flows.Removal.DeleteAsync(id.Value, "c1", Ct))));

        Assert.Empty(await flows.BlobsOfAsync(id, Ct));
        Assert.DoesNotContain("image.upgraded", await EventTypesAsync(id));
    }

    [Fact]
    public async Task Deleting_an_image_before_its_upgrade_leaves_no_blobs_behind()
    {
        var (id, _) = await ReadyAsync();
        await flows.Manifests.DeleteAsync(id, Ct);

        await UpgradeAsync(id);

        Assert.Empty(await flows.BlobsOfAsync(id, Ct));
    }

    [Fact]
    public async Task An_overwritten_original_is_not_upgraded()
    {
        var (id, _) = await ReadyAsync();
        await flows.Originals.Blob(id).UploadAsync(new BinaryData(Pictures.Jpeg(32, 32)), overwrite: true, Ct);

        await UpgradeAsync(id);

        Assert.Equal(2, (await flows.ManifestAsync(id, Ct)).Variants.Count);
        Assert.Equal(["image.ready"], await EventTypesAsync(id));
    }

    [Fact]
    public async Task An_image_that_cannot_be_decoded_again_remains_ready()
    {
        var (id, _) = await ReadyAsync();

        await UpgradeAsync(id, new ScriptedEngine(between: () => throw new ImageRejectedException("image-corrupt", "The pixel data is incomplete.")));

        var manifest = await flows.ManifestAsync(id, Ct);
        Assert.Equal((ImageStatus.Ready, null, 2), (manifest.Status, manifest.Error, manifest.Variants.Count));
    }

    [Fact]
    public async Task An_upgrade_succeeds_when_retried_after_a_transient_failure()
    {
        var (id, _) = await ReadyAsync();
        await Assert.ThrowsAsync<TimeoutException>(() => UpgradeAsync(id, new ScriptedEngine(between: () => throw new TimeoutException())));

        await UpgradeAsync(id);

        Assert.Equal(4, (await flows.ManifestAsync(id, Ct)).Variants.Count);
    }

    [Fact]
    public async Task Giving_up_an_upgrade_leaves_the_image_ready()
    {
        var (id, _) = await ReadyAsync();
        var before = await flows.Manifests.FindAsync(id, Ct);

        await flows.Upgrade(new ScriptedEngine()).GiveUpAsync(id);

        Assert.Equal(before?.ETag, (await flows.Manifests.FindAsync(id, Ct))?.ETag);
    }

    [Fact]
    public async Task An_upgrade_begins_no_variant_while_a_job_is_running()
    {
        var (id, _) = await ReadyAsync();
        var priority = new UpgradePriority(TimeProvider.System);
        var job = priority.BeginJob();
        var engine = new ScriptedEngine(between: () => Task.FromResult(job = priority.BeginJob()));

        var upgrade = flows.Upgrade(engine, priority: priority).RunAsync(id, new ImageUpgradeMessage(id.Value, DateTimeOffset.UtcNow), Ct);
        Assert.False(upgrade.IsCompleted);
        Assert.Equal(0, engine.Renderings);
        job.Dispose();
        await Eventually.TrueAsync(() => Task.FromResult(engine.Renderings == 1), "the upgrade has begun");
        await Eventually.TrueAsync(async () => (await flows.BlobsOfAsync(id, Ct)).Contains($"variants/{id}/480.avif"), "the second variant is stored");
        Assert.False(upgrade.IsCompleted);
        job.Dispose();
        await upgrade;

        Assert.NotNull((await flows.ManifestAsync(id, Ct)).UpgradedAt);
    }

    [Fact]
    public async Task A_busy_instance_postpones_the_rest_of_an_upgrade()
    {
        var (id, _) = await ReadyAsync();
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        var priority = new UpgradePriority(time);
        var sent = new SentMessages();
        var options = new QueueClientOptions();
        options.AddPolicy(sent, HttpPipelinePosition.PerCall);
        IDisposable? job = null;
        var engine = new ScriptedEngine(beforeUpgrade: () =>
        {
            time.Advance(TimeSpan.FromSeconds(20));
            job = priority.BeginJob();
            return Task.CompletedTask;
        });

        var upgrade = flows.Upgrade(engine, time, priority, flows.QueuesWith(options)).RunAsync(id, new ImageUpgradeMessage(id.Value, time.GetUtcNow()), Ct);
        while (!upgrade.IsCompleted)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(10, Ct);
        }

        await upgrade;
        job!.Dispose();
        var between = await flows.ManifestAsync(id, Ct);
        Assert.Equal((3, null), (between.Variants.Count, between.UpgradedAt));
        Assert.Equal(["image.ready"], await EventTypesAsync(id));

        Assert.True(ImageUpgradeMessage.TryParse(Assert.Single(sent.Texts), out _, out var rest));
        Assert.Equal(TimeSpan.FromSeconds(20), rest.Spent);
        await flows.Upgrade(new ScriptedEngine()).RunAsync(id, rest, Ct);
        var after = await flows.ManifestAsync(id, Ct);
        Assert.Equal(4, after.Variants.Count);
        Assert.NotNull(after.UpgradedAt);
        Assert.Equal(["image.upgraded"], await EventTypesAsync(id));
    }

    private async Task<(ImageId Id, ImageJobMessage Message)> ReadyAsync()
    {
        var (id, message) = await flows.UploadAsync(Pictures.Jpeg(), Ct);
        await flows.Job(new ScriptedEngine()).RunAsync(id, message, Ct);
        return (id, message);
    }

    private async Task<IReadOnlyList<ImageUpgradeMessage>> UpgradesAsync(ImageId id) =>
    [
        .. (await ReceiveAllAsync(ImageUpgradeQueue.Name))
            .Select(text => ImageUpgradeMessage.TryParse(text, out var found, out var upgrade) && found == id ? upgrade : null)
            .OfType<ImageUpgradeMessage>(),
    ];

    private async Task<IReadOnlyList<EventEnvelope>> EventsAsync(ImageId id) =>
    [
        .. (await ReceiveAllAsync(EventQueue.Name))
            .Select(text => EventEnvelope.TryParse(text, out var envelope) ? envelope : null)
            .OfType<EventEnvelope>()
            .Where(envelope => envelope.Id.Contains(id.Value, StringComparison.Ordinal)),
    ];

    private async Task<IEnumerable<string>> EventTypesAsync(ImageId id) => (await EventsAsync(id)).Select(sent => sent.Type);

    /// <summary>Removes all messages from a queue.</summary>
    private async Task<IReadOnlyList<string>> ReceiveAllAsync(string name)
    {
        var queue = flows.Queues.GetQueueClient(name);
        var texts = new List<string>();
        while (await queue.ExistsAsync(Ct) && (await queue.ReceiveMessageAsync(TimeSpan.FromMinutes(1), Ct)).Value is { } message)
        {
            texts.Add(message.MessageText);
            await queue.DeleteMessageAsync(message.MessageId, message.PopReceipt, Ct);
        }

        return texts;
    }

    private Task UpgradeAsync(ImageId id, ScriptedEngine? engine = null) =>
        flows.Upgrade(engine ?? new ScriptedEngine()).RunAsync(id, new ImageUpgradeMessage(id.Value, DateTimeOffset.UtcNow), Ct);

    /// <summary>Records the texts of the messages that a client sends, because a test cannot read messages that are not visible yet.</summary>
    private sealed class SentMessages : HttpPipelineSynchronousPolicy
    {
        public List<string> Texts { get; } = [];

        public override void OnSendingRequest(HttpMessage message)
        {
            if (message.Request is { Method: var method, Content: { } content } && method == RequestMethod.Post)
            {
                using var body = new MemoryStream();
                content.WriteTo(body, Ct);
                body.Position = 0;
                Texts.Add(XDocument.Load(body).Root!.Element("MessageText")!.Value);
            }
        }
    }
}
