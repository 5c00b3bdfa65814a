using ServerlessScale.Local;
using ServerlessScale.Local.Topologies;
using ServerlessScale.Tests.Integration.Cart;
using ServerlessScale.Tests.Integration.Catalogue;
using ServerlessScale.Tests.Integration.Webhooks;

namespace ServerlessScale.Tests.Integration.Topologies;

/// <summary>The complete system behind its edge, deployed either as one app or as one app per capability.</summary>
public abstract class Shop(Topology topology) : IAsyncLifetime
{
    public LocalCloud Cloud { get; private set; } = null!;

    public Topology Topology => topology;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        Cloud = await LocalCloud.StartAsync(new() { Topology = topology, Edge = true, AllowPrivateWebhooks = true }, Ct);
        await KnownProducts.AddAsync(Cloud, Ct);
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await Cloud.DisposeAsync();
    }

    public static string NewCustomer() => "customer-" + Guid.NewGuid().ToString("N");

    public HttpClient ClientOf(string customer) => Cloud.CreateClient(Cloud.Token(customer));

    internal WebhookCustomer WebhooksOf(string customer) => new(ClientOf(customer));

    /// <summary>Creates a client that stores cookies as a browser does and has a token for the customer.</summary>
    public Shopper ShopperOf(string customer) => new([Cloud.CreateClient()], [Cloud.Token(customer)]);

    /// <summary>Returns the name of the app whose instance sent the response.</summary>
    public static string AppOf(HttpResponseMessage response) => response.Headers.GetValues("X-Instance-Id").Single().Split('-')[0];
}

public sealed class Monolith() : Shop(Topology.Monolith);

public sealed class Microservices() : Shop(Topology.Microservices);
