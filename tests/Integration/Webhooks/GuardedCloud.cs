using ServerlessScale.Local;
using ServerlessScale.Tests.Integration.Catalogue;

namespace ServerlessScale.Tests.Integration.Webhooks;

/// <summary>
/// The complete system with a low limit on endpoints per customer. As in production, it rejects webhook URLs with private addresses.
/// </summary>
public sealed class GuardedCloud : IAsyncLifetime
{
    public const int MaxEndpoints = 3;

    private LocalCloud _cloud = null!;

    public async ValueTask InitializeAsync()
    {
        _cloud = await LocalCloud.StartAsync(
            new LocalCloudOptions { Settings = new Dictionary<string, string> { ["Webhooks__MaxEndpoints"] = $"{MaxEndpoints}" } },
            TestContext.Current.CancellationToken);
        await KnownProducts.AddAsync(_cloud, TestContext.Current.CancellationToken);
    }

    public ValueTask DisposeAsync() => _cloud.DisposeAsync();

    public HttpClient Anyone() => _cloud.CreateClient();

    public HttpClient ClientOf(string customer, params string[] scopes) => _cloud.CreateClient(_cloud.Token(customer, scopes));

    /// <summary>Creates a client for a new customer, so that its data is invisible to other tests.</summary>
    internal WebhookCustomer NewCustomer() => new(ClientOf("customer-" + Guid.NewGuid().ToString("N")));
}
