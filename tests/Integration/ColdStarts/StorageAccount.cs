using Azure.Data.Tables;
using ServerlessScale.Local.Storage;

namespace ServerlessScale.Tests.Integration.ColdStarts;

/// <summary>A real Azurite with an empty data folder. The tests that share it delete the table before they begin.</summary>
public sealed class StorageAccount : IAsyncLifetime
{
    private readonly DirectoryInfo _data = Directory.CreateTempSubdirectory("cold-starts-");
    private AzuriteProcess _azurite = null!;

    public TableServiceClient Tables { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        _azurite = await AzuriteProcess.StartAsync(new() { DataDirectory = _data.FullName }, TestContext.Current.CancellationToken);
        Tables = new TableServiceClient(_azurite.ConnectionString);
    }

    public async ValueTask DisposeAsync()
    {
        await _azurite.DisposeAsync();
        _data.Delete(recursive: true);
    }
}
