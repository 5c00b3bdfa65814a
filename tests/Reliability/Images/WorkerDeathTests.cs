using System.Globalization;
using ServerlessScale.Local;
using ServerlessScale.Shared.Images;

namespace ServerlessScale.Tests.Reliability.Images;

/// <summary>Given uploads in flight, when the worker dies again and again, then nothing that was acknowledged is lost or doubled.</summary>
public sealed class WorkerDeathTests
{
    private const int Photographs = 15;
    private const int Kills = 5;

    /// <summary>Set it to the seed that a failed run printed, to kill at the same moments again.</summary>
    private const string SeedVariable = "RELIABILITY_SEED";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_acknowledged_upload_becomes_ready_and_nothing_else_is_left()
    {
        var seed = int.TryParse(Environment.GetEnvironmentVariable(SeedVariable), CultureInfo.InvariantCulture, out var given)
            ? given
            : Random.Shared.Next();
        TestContext.Current.TestOutputHelper!.WriteLine($"{SeedVariable}={seed}");
        var random = new Random(seed);
        var photographs = Enumerable.Range(0, Photographs).Select(_ => Photograph.Make(random.Next(100, 2500), random)).ToArray();
        await using var cloud = await LocalCloud.StartAsync(
            new LocalCloudOptions
            {
                Settings = new Dictionary<string, string>
                {
                    // One photograph may be unlucky at every kill, which is more often than a message is tried before it is given up.
                    ["AzureFunctionsJobHost__extensions__queues__maxDequeueCount"] = (Kills + 1).ToString(CultureInfo.InvariantCulture),
                    ["AzureFunctionsJobHost__extensions__queues__visibilityTimeout"] = "00:00:01",
                },
            },
            Ct);
        using var client = cloud.CreateClient(cloud.Token());
        var uploader = new Uploader(client);

        var killing = KillAsync(cloud, new Random(seed));
        var ends = await Task.WhenAll(photographs
            .Select((photograph, index) => (photograph, start: TimeSpan.FromSeconds(index * 0.8), duration: TimeSpan.FromMilliseconds(random.Next(50, 1500))))
            .Select(async upload =>
            {
                await Task.Delay(upload.start, Ct);
                var id = await uploader.UploadAsync(upload.photograph, upload.duration, Ct);
                return (upload.photograph, id, image: await uploader.EndOfAsync(id, Ct));
            }));
        await killing;
        TestContext.Current.TestOutputHelper!.WriteLine(
            $"{Kills} kills, {uploader.Lost} requests without an answer, {uploader.UploadsWithoutAnswer} of them uploads.");

        Assert.All(ends, end => Assert.Equal("ready", end.image.GetProperty("status").GetString()));
        Assert.All(ends, end => Assert.Equal(
            end.photograph.VariantNames().Order(),
            end.image.GetProperty("variants").EnumerateArray().Select(variant => Path.GetFileName(variant.GetProperty("url").GetString()!)).Order()));
        await AssertStorageHoldsWhatManifestsSayAsync(
            new ImageStorage(cloud.StorageConnectionString), [.. ends.Select(end => end.id)], uploader.UploadsWithoutAnswer);
    }

    private static async Task KillAsync(LocalCloud cloud, Random random)
    {
        for (var kill = 0; kill < Kills; kill++)
        {
            await Task.Delay(random.Next(200, 2000), Ct);
            await Eventually.TrueAsync(() => Task.FromResult(cloud.KillWorker() is not null), "a worker is there to be killed");
        }
    }

    private static async Task AssertStorageHoldsWhatManifestsSayAsync(ImageStorage storage, string[] acknowledged, int unanswered)
    {
        // Uploads that were not acknowledged have left what they had stored by then; the sweep finds all of it.
        await storage.DrainQueueAsync();
        var originals = (await storage.BlobsAsync("uploads")).Keys;
        Assert.Subset(originals.ToHashSet(), acknowledged.ToHashSet());
        Assert.InRange(originals.Count - acknowledged.Length, 0, unanswered);
        await storage.SweepInTwoDaysAsync();
        await storage.DrainQueueAsync();

        var manifests = await storage.ManifestsAsync();
        Assert.All(manifests, manifest => Assert.Equal(ImageStatus.Ready, manifest.Status));
        Assert.Subset(manifests.Select(manifest => manifest.Id).ToHashSet(), acknowledged.ToHashSet());
        Assert.Equal(manifests.Select(manifest => manifest.Id).Order(), (await storage.BlobsAsync("uploads")).Keys.Order());
        Assert.Equal(
            manifests.SelectMany(manifest => manifest.Variants.Select(variant => KeyValuePair.Create($"{manifest.Id}/{variant.Name()}", variant.Bytes)))
                .OrderBy(blob => blob.Key, StringComparer.Ordinal),
            (await storage.BlobsAsync("variants")).OrderBy(blob => blob.Key, StringComparer.Ordinal));
        Assert.Equal(0, await storage.PoisonedAsync());
    }
}
