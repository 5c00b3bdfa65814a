using Azure.Data.Tables;
using Azure.Storage.Blobs;
using Azure.Storage.Queues;
using ServerlessScale.Local.Storage;

namespace ServerlessScale.Tests.Integration;

/// <summary>
/// An empty Azurite instance without a function app. Tests that use it call the code in <c>src/Shared</c> directly, because a test cannot
/// interrupt or repeat an operation, or set the clock, through HTTP requests.
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
