using System.Collections.Concurrent;
using Azure.Storage.Blobs;
using ServerlessScale.Local.Storage;

namespace ServerlessScale.Tests.Integration.Local;

/// <summary>Runs Azurite on a small file system that is full for some time.</summary>
public sealed class AzuriteFullDiskTests : IDisposable
{
    private readonly string _data = Directory.CreateTempSubdirectory("azurite-full-disk-").FullName;
    private readonly ConcurrentQueue<string> _told = new();
    private SmallDisk? _disk;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _disk?.Dispose();
        Directory.Delete(_data, recursive: true);
    }

    [Fact]
    public async Task Writes_confirmed_on_a_full_disk_are_saved_later()
    {
        _disk = SmallDisk.MountOn(_data, "4m");
        var fill = Path.Combine(_data, "fill");
        await using (var azurite = await StartAsync())
        {
            Fill(fill);
            await new BlobContainerClient(azurite.ConnectionString, "kept").CreateAsync(cancellationToken: Cancel);
            await ToldAsync("There is no space left on the disk of the data folder");
            File.Delete(fill);
            await ToldAsync("Azurite has saved all its data");
        }

        await using var next = await StartAsync();

        Assert.True(await new BlobContainerClient(next.ConnectionString, "kept").ExistsAsync(Cancel));
    }

    private Task<AzuriteProcess> StartAsync() => AzuriteProcess.StartAsync(
        new AzuriteOptions { DataDirectory = Path.Combine(_data, "azurite"), Progress = _told.Enqueue }, Cancel);

    private Task ToldAsync(string text) => Eventually.TrueAsync(
        () => Task.FromResult(_told.Any(line => line.Contains(text, StringComparison.Ordinal))), $"LocalCloud printed: {text}");

    private static void Fill(string path)
    {
        using var file = File.Create(path, bufferSize: 1);
        try
        {
            while (true)
            {
                file.Write(new byte[4096]);
            }
        }
        catch (IOException)
        {
            // The file system is full.
        }
    }
}
