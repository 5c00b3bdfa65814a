namespace ServerlessScale.Shared.Orders;

/// <summary>Settings <c>Orders:Cosmos:*</c>, used when <c>Orders:Store</c> is <c>cosmos</c>.</summary>
public sealed class OrderCosmosOptions
{
    /// <summary>The account's URI, used with managed identity. Either this or <see cref="ConnectionString"/> is required.</summary>
    public string? Endpoint { get; set; }

    /// <summary>With the account's key, for emulators.</summary>
    public string? ConnectionString { get; set; }

    /// <summary>Default <c>shop</c>.</summary>
    public string Database { get; set; } = "shop";

    /// <summary>Partitioned by <c>/customerId</c> and <c>/month</c>, with time to live switched on. Default <c>orders</c>.</summary>
    public string Container { get; set; } = "orders";

    /// <summary>Names such as <c>West Europe</c>, the nearest first; empty leaves it to the account.</summary>
    public IList<string> PreferredRegions { get; } = [];

    /// <summary>Whether to talk through the gateway, by HTTPS alone, instead of to the replicas. Default false.</summary>
    public bool Gateway { get; set; }

    /// <summary>
    /// Whether to use this very address only, through the gateway and whatever regions there are, as emulators need. Default false.
    /// </summary>
    public bool LimitToEndpoint { get; set; }

    /// <summary>Whether to make database and container when they are missing, which a managed identity may not. Default false.</summary>
    public bool CreateIfMissing { get; set; }
}
