using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Azure.Data.Tables;
using Azure.Storage.Blobs;
using Azure.Storage.Queues;
using ServerlessScale.Local;
using ServerlessScale.Local.Storage;

namespace ServerlessScale.Tests.Integration.Local;

/// <summary>LocalCloud's storage with the real Azurite.</summary>
public sealed class AzuriteProcessTests : IDisposable
{
    private readonly string _data = Directory.CreateTempSubdirectory("azurite-test-").FullName;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_data, recursive: true);

    [Fact]
    public async Task Blobs_queues_and_tables_survive_a_restart()
    {
        await using (var azurite = await StartAsync())
        {
            await Container(azurite).CreateAsync(cancellationToken: Cancel);
            await Container(azurite).UploadBlobAsync("kept", BinaryData.FromString("a blob"), Cancel);
            await Queue(azurite).CreateAsync(cancellationToken: Cancel);
            await Queue(azurite).SendMessageAsync("a message", Cancel);
            await Table(azurite).CreateAsync(Cancel);
            await Table(azurite).AddEntityAsync(new TableEntity("p", "r") { ["Text"] = "a row" }, Cancel);
        }

        await using var again = await StartAsync();

        Assert.Equal("a blob", (await Container(again).GetBlobClient("kept").DownloadContentAsync(Cancel)).Value.Content.ToString());
        Assert.Equal("a message", (await Queue(again).ReceiveMessageAsync(cancellationToken: Cancel)).Value.MessageText);
        Assert.Equal("a row", (await Table(again).GetEntityAsync<TableEntity>("p", "r", cancellationToken: Cancel)).Value["Text"]);
    }

    [Fact]
    public async Task A_second_one_on_the_same_folder_is_refused_and_on_another_folder_runs_beside_it()
    {
        await using var first = await StartAsync();

        var failure = await Assert.ThrowsAsync<LocalCloudException>(StartAsync);
        await using var beside = await AzuriteProcess.StartAsync(
            new AzuriteOptions { DataDirectory = Path.Combine(_data, "beside") }, Cancel);

        Assert.Contains($"{_data} is in use by another LocalCloud", failure.Message, StringComparison.Ordinal);
        Assert.NotEqual(first.BlobUri, beside.BlobUri);
    }

    [Fact]
    public async Task Taken_default_ports_are_left_to_whoever_has_them()
    {
        using var other = await TakeFirstDefaultPortAsync();

        await using var azurite = await AzuriteProcess.StartAsync(
            new AzuriteOptions { DataDirectory = _data, PreferDefaultPorts = true }, Cancel);

        Assert.NotEqual(10000, azurite.BlobUri.Port);
        await Container(azurite).CreateAsync(cancellationToken: Cancel);
    }

    [Fact]
    public async Task Ending_by_itself_is_reported_with_what_it_said_last()
    {
        await using var azurite = await StartAsync();

        using (var node = Process.GetProcessById(azurite.ProcessId))
        {
            node.Kill();
        }

        var failure = await Assert.ThrowsAsync<LocalCloudException>(() => azurite.Completion);
        Assert.Contains("Azurite ended unexpectedly", failure.Message, StringComparison.Ordinal);
        Assert.Contains("Azurite Table service is successfully listening", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_data_folder_that_cannot_be_read_is_reported_with_what_Azurite_said()
    {
        // The queue service's database file is a folder.
        Directory.CreateDirectory(Path.Combine(_data, "__azurite_db_queue__.json"));

        var failure = await Assert.ThrowsAsync<LocalCloudException>(StartAsync);

        Assert.Contains("EISDIR", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ctrl_C_in_the_terminal_leaves_storage_running_until_LocalCloud_stops_it()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Azurite shares no console with LocalCloud there");
        await using var azurite = await StartAsync();

        using (var kill = Process.Start("kill", ["-INT", azurite.ProcessId.ToString(CultureInfo.InvariantCulture)]))
        {
            await kill.WaitForExitAsync(Cancel);
        }
        await Container(azurite).CreateAsync(cancellationToken: Cancel);

        Assert.False(azurite.Completion.IsCompleted);
    }

    /// <summary>A LocalCloud of another test may have the port for a while.</summary>
    private static async Task<TcpListener> TakeFirstDefaultPortAsync()
    {
        while (true)
        {
            var listener = new TcpListener(IPAddress.Loopback, 10000);
            try
            {
                listener.Start();
                return listener;
            }
            catch (SocketException)
            {
                listener.Dispose();
                await Task.Delay(100, Cancel);
            }
        }
    }

    private Task<AzuriteProcess> StartAsync() =>
        AzuriteProcess.StartAsync(new AzuriteOptions { DataDirectory = _data }, Cancel);

    private static BlobContainerClient Container(AzuriteProcess azurite) => new(azurite.ConnectionString, "test");

    private static QueueClient Queue(AzuriteProcess azurite) => new(azurite.ConnectionString, "test");

    private static TableClient Table(AzuriteProcess azurite) => new(azurite.ConnectionString, "test");
}
