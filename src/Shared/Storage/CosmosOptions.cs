namespace ServerlessScale.Shared.Storage;

/// <summary>The service that stores orders and products. The <c>Orders:Store</c> setting selects it.</summary>
public enum DatabaseKind
{
    /// <summary>Azure Table Storage, in the same storage account as the other tables. No further settings are needed.</summary>
    Tables,

    /// <summary>Azure Cosmos DB for NoSQL, which is configured by the <c>Orders:Cosmos:*</c> settings.</summary>
    Cosmos,
}

/// <summary>
/// The <c>Orders:Cosmos:*</c> settings, which are used when <c>Orders:Store</c> is <c>cosmos</c>. They describe the database that orders and
/// products share.
/// </summary>
public sealed class CosmosOptions
{
    /// <summary>
    /// The URI of the Cosmos account, to which the app signs in with its managed identity. Either this setting or
    /// <see cref="ConnectionString"/> is required.
    /// </summary>
    public string? Endpoint { get; set; }

    /// <summary>A connection string with an account key, for emulators.</summary>
    [DevelopmentOnly]
    public string? ConnectionString { get; set; }

    /// <summary>The name of the database. Default <c>shop</c>.</summary>
    public string Database { get; set; } = "shop";

    /// <summary>
    /// The name of the container for orders, which must be partitioned by <c>/customerId</c> and <c>/month</c> and must have time to live
    /// enabled. Default <c>orders</c>.
    /// </summary>
    public string Container { get; set; } = "orders";

    /// <summary>The name of the container for products, which must be partitioned by <c>/id</c>. Default <c>products</c>.</summary>
    public string ProductContainer { get; set; } = "products";

    /// <summary>
    /// Region names such as <c>West Europe</c>, nearest first. If the list is empty, the regions are used in the order that the account
    /// defines.
    /// </summary>
    public IList<string> PreferredRegions { get; } = [];

    /// <summary>Whether to connect through the gateway over HTTPS instead of directly to the replicas. Default false.</summary>
    public bool Gateway { get; set; }

    /// <summary>
    /// Whether to send all requests through the gateway to the configured address, and to ignore the account's list of regions. Emulators
    /// need this setting. Default false.
    /// </summary>
    [DevelopmentOnly]
    public bool LimitToEndpoint { get; set; }

    /// <summary>
    /// Whether to create the database and its containers when they are missing. A managed identity has no permission to create them. Default
    /// false.
    /// </summary>
    [DevelopmentOnly]
    public bool CreateIfMissing { get; set; }
}
