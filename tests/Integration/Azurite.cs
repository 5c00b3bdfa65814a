using Azure.Data.Tables;
using Azure.Storage.Blobs;
using Azure.Storage.Queues;
using ServerlessScale.Local.Storage;

namespace ServerlessScale.Tests.Integration;

/// <summary>
/// An empty Azurite without a function app, for tests that call the code of <c>src/Shared</c> directly: they interrupt it, repeat it or
/// move its clock where no HTTP request can.
/// </summary>
public sealed class Azurite : IAsyncLifetime
{
    private readonly string _data = Directory.CreateTempSubdirectory("azurite-").FullName;
    private AzuriteProcess _process = null!;

    public string ConnectionString => _process.ConnectionString;

    public BlobServiceClient Blobs { get; private set; } = null!;

    public QueueServiceClient Queues { get; private set; } = null!;

    public TableServiceClient Tables { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        _process = await AzuriteProcess.StartAsync(new AzuriteOptions { DataDirectory = _data }, TestContext.Current.CancellationToken);
        Blobs = new BlobServiceClient(ConnectionString);
        Queues = new QueueServiceClient(ConnectionString);
        Tables = new TableServiceClient(ConnectionString);
    }

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        Directory.Delete(_data, recursive: true);
    }
}
