using System.Globalization;
using ServerlessScale.Local;
using ServerlessScale.Shared.Images;

namespace ServerlessScale.Tests.Reliability.Images;

/// <summary>Kills the worker process several times while images are uploaded and processed.</summary>
public sealed class WorkerDeathTests
{
    private const int Photographs = 15;
    private const int Kills = 5;

    /// <summary>
    /// The environment variable that sets the seed for the random number generator. Every run prints its seed. A run with the same seed
    /// kills the worker at the same times.
    /// </summary>
    private const string SeedVariable = "RELIABILITY_SEED";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task No_acknowledged_upload_is_lost_when_the_worker_crashes()
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
                    // Every kill may interrupt the same job, so a job may need one more attempt than there are kills.
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
                return (upload.photograph, id, image: await uploader.FinalStatusAsync(id, Ct));
            }));
        await killing;
        TestContext.Current.TestOutputHelper!.WriteLine(
            $"{Kills} kills, {uploader.FailedRequests} failed requests, including {uploader.UnacknowledgedUploads} uploads.");

        Assert.All(ends, end => Assert.Equal("ready", end.image.GetProperty("status").GetString()));
        Assert.All(ends, end => Assert.Equal(
            end.photograph.VariantNames().Order(),
            end.image.GetProperty("variants").EnumerateArray().Select(variant => Path.GetFileName(variant.GetProperty("url").GetString()!))
                .Where(name => !name.EndsWith(".avif", StringComparison.Ordinal)).Order()));
        await AssertStorageMatchesManifestsAsync(
            new ImageStorage(cloud.StorageConnectionString), [.. ends.Select(end => end.id)], uploader.UnacknowledgedUploads);
    }

    private static async Task KillAsync(LocalCloud cloud, Random random)
    {
        for (var kill = 0; kill < Kills; kill++)
        {
            await Task.Delay(random.Next(200, 2000), Ct);
            await Eventually.TrueAsync(() => Task.FromResult(cloud.KillWorker() is not null), "a worker process is running");
        }
    }

    private static async Task AssertStorageMatchesManifestsAsync(ImageStorage storage, string[] acknowledged, int unacknowledged)
    {
        // Unacknowledged uploads may have left blobs in storage. The sweep removes all of them.
        await storage.DrainQueuesAsync();
        var originals = (await storage.BlobsAsync("uploads")).Keys;
        Assert.Subset(originals.ToHashSet(), acknowledged.ToHashSet());
        Assert.InRange(originals.Count - acknowledged.Length, 0, unacknowledged);
        await storage.SweepInTwoDaysAsync();
        await storage.DrainQueuesAsync();

        var manifests = await storage.ManifestsAsync();
        Assert.All(manifests, manifest => Assert.Equal(ImageStatus.Ready, manifest.Status));
        Assert.Subset(manifests.Select(manifest => manifest.Id).ToHashSet(), acknowledged.ToHashSet());
        Assert.Equal(manifests.Select(manifest => manifest.Id).Order(), (await storage.BlobsAsync("uploads")).Keys.Order());

        Assert.Equal(
            manifests.SelectMany(manifest => manifest.Variants.Select(variant => KeyValuePair.Create($"{manifest.Id}/{variant.Name()}", variant.Bytes)))
                .OrderBy(blob => blob.Key, StringComparer.Ordinal),
            (await storage.BlobsAsync("variants")).OrderBy(blob => blob.Key, StringComparer.Ordinal));
        Assert.All(manifests, manifest => Assert.NotNull(manifest.UpgradedAt));
        Assert.Equal(0, await storage.PoisonedAsync());
    }
}
