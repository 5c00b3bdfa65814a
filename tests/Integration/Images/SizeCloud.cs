using Azure.Storage.Blobs;
using ServerlessScale.Local;

namespace ServerlessScale.Tests.Integration.Images;

/// <summary>Two instances behind the edge, with two keys for sizes. Each image may have three sizes.</summary>
public sealed class SizeCloud : IAsyncLifetime
{
    /// <summary>The keys in the setting <c>Images:SizeKeys</c>.</summary>
    public static readonly IReadOnlyList<string> Keys =
        ["k2.YWJjZGVmZ2hpamtsbW5vcHFyc3R1dnd4eXphYmNkZWY=", "k1.MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="];

    private LocalCloud _cloud = null!;

    /// <summary>A client without a token.</summary>
    public HttpClient Anyone { get; private set; } = null!;

    /// <summary>A client with a token for customer <c>c1</c>.</summary>
    public HttpClient Owner { get; private set; } = null!;

    public BlobServiceClient Blobs { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        _cloud = await LocalCloud.StartAsync(
            new LocalCloudOptions
            {
                Instances = 2,
                Settings = new Dictionary<string, string>
                {
                    ["Images__SizeKeys__0"] = Keys[0],
                    ["Images__SizeKeys__1"] = Keys[1],
                    ["Images__MaxSizes"] = "3",
                },
            },
            TestContext.Current.CancellationToken);
        Anyone = _cloud.CreateClient();
        Owner = _cloud.CreateClient(_cloud.Token("c1"));
        Blobs = new BlobServiceClient(_cloud.StorageConnectionString);
    }

    public async ValueTask DisposeAsync()
    {
        Anyone.Dispose();
        Owner.Dispose();
        await _cloud.DisposeAsync();
    }
}
