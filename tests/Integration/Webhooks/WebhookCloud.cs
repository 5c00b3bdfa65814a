using ServerlessScale.Local;
using ServerlessScale.Tests.Integration.Catalogue;

namespace ServerlessScale.Tests.Integration.Webhooks;

/// <summary>The complete system, configured to allow webhooks to receivers on this machine.</summary>
public sealed class WebhookCloud : IAsyncLifetime
{
    private LocalCloud _cloud = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _cloud = await LocalCloud.StartAsync(new LocalCloudOptions { AllowPrivateWebhooks = true }, Ct);
        await KnownProducts.AddAsync(_cloud, Ct);
    }

    public ValueTask DisposeAsync() => _cloud.DisposeAsync();

    public HttpClient Anyone() => _cloud.CreateClient();

    public HttpClient ClientOf(string customer, params string[] scopes) => _cloud.CreateClient(_cloud.Token(customer, scopes));

    /// <summary>Creates a client for a new customer, so that its data is invisible to other tests.</summary>
    internal WebhookCustomer NewCustomer() => new(_cloud.CreateClient(_cloud.Token("customer-" + Guid.NewGuid().ToString("N"))));
}
