using Azure.Data.Tables;
using Azure.Storage.Queues;
using ServerlessScale.Local.Storage;

namespace ServerlessScale.Tests.Integration.Orders;

/// <summary>An Azurite without a worker, for what no HTTP request can bring about.</summary>
public sealed class OrderAzurite : IAsyncLifetime
{
    private readonly string _data = Directory.CreateTempSubdirectory("orders-").FullName;
    private AzuriteProcess _azurite = null!;

    public TableServiceClient Tables { get; private set; } = null!;

    public QueueServiceClient Queues { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        _azurite = await AzuriteProcess.StartAsync(new AzuriteOptions { DataDirectory = _data }, TestContext.Current.CancellationToken);
        Tables = new TableServiceClient(_azurite.ConnectionString);
        Queues = new QueueServiceClient(_azurite.ConnectionString);
    }

    public async ValueTask DisposeAsync()
    {
        await _azurite.DisposeAsync();
        Directory.Delete(_data, recursive: true);
    }
}
