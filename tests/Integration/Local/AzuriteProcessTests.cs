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

/// <summary>Tests <c>AzuriteProcess</c> with the real Azurite program.</summary>
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
    public async Task Two_Azurite_processes_cannot_share_a_data_folder()
    {
        await using var first = await StartAsync();

        var failure = await Assert.ThrowsAsync<LocalCloudException>(StartAsync);
        await using var beside = await AzuriteProcess.StartAsync(
            new AzuriteOptions { DataDirectory = Path.Combine(_data, "beside") }, Cancel);

        Assert.Contains($"{_data} is in use by another LocalCloud", failure.Message, StringComparison.Ordinal);
        Assert.NotEqual(first.BlobUri, beside.BlobUri);
    }

    [Fact]
    public async Task Azurite_uses_other_ports_when_the_defaults_are_taken()
    {
        using var other = await TakeFirstDefaultPortAsync();

        await using var azurite = await AzuriteProcess.StartAsync(
            new AzuriteOptions { DataDirectory = _data, PreferDefaultPorts = true }, Cancel);

        Assert.NotEqual(10000, azurite.BlobUri.Port);
        await Container(azurite).CreateAsync(cancellationToken: Cancel);
    }

    [Fact]
    public async Task An_unexpected_exit_of_Azurite_is_reported_with_its_output()
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
    public async Task An_unreadable_data_folder_is_reported_with_Azurites_output()
    {
        // Azurite fails because a folder has the name of the queue service's database file.
        Directory.CreateDirectory(Path.Combine(_data, "__azurite_db_queue__.json"));

        var failure = await Assert.ThrowsAsync<LocalCloudException>(StartAsync);

        Assert.Contains("EISDIR", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("INT", "Ctrl-C sends the signal to every process of a terminal.")]
    [InlineData("TERM", "A service manager sends the signal to every process of a service.")]
    [InlineData("HUP", "A terminal that closes sends the signal to all its processes.")]
    public async Task A_signal_to_every_process_does_not_stop_Azurite(string signal, string because)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "On Windows, Azurite has no console and does not receive Ctrl-C.");
        await using var azurite = await StartAsync();

        using (var kill = Process.Start("kill", [$"-{signal}", azurite.ProcessId.ToString(CultureInfo.InvariantCulture)]))
        {
            await kill.WaitForExitAsync(Cancel);
        }
        await Container(azurite).CreateAsync(cancellationToken: Cancel);

        Assert.False(azurite.Completion.IsCompleted, because);
    }

    /// <summary>Occupies port 10000. If the Azurite process of another test is using the port, waits until the port is free.</summary>
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
