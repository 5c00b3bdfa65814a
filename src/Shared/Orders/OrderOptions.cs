namespace ServerlessScale.Shared.Orders;

/// <summary>The <c>Orders:*</c> settings.</summary>
public sealed class OrderOptions
{
    public const string Section = "Orders";

    /// <summary>The service that stores orders: <c>tables</c> (the default) or <c>cosmos</c>.</summary>
    public OrderBackend Store { get; set; }

    /// <summary>
    /// The key that signs cursors and consistency tokens, at least 32 bytes in base64. All instances must have the same key. The setting is
    /// required outside development. In development, the default is derived from the development key. A new key invalidates the cursors and
    /// tokens that clients have stored, so clients must start their listings again.
    /// </summary>
    public string CursorKey { get; set; } = "";

    /// <summary>The time after which a request stops trying to commit an order. 1 second to 1 minute, default 20 seconds.</summary>
    public TimeSpan CommitDeadline { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>
    /// The delay after the start of a commit before a queue function checks whether the order's event still has to be sent. At least 1.5
    /// times <see cref="CommitDeadline"/>, at most 1 hour, default 30 seconds.
    /// </summary>
    public TimeSpan IntentDelay { get; set; } = TimeSpan.FromSeconds(30);

    public OrderCosmosOptions Cosmos { get; set; } = new();
}

/// <summary>The service that stores orders.</summary>
public enum OrderBackend
{
    /// <summary>Azure Table Storage, in the same storage account as the other tables. No further settings are needed.</summary>
    Tables,

    /// <summary>Azure Cosmos DB for NoSQL, which is configured by the <c>Orders:Cosmos:*</c> settings.</summary>
    Cosmos,
}

/// <summary>The <c>Orders:Cosmos:*</c> settings, which are used when <c>Orders:Store</c> is <c>cosmos</c>.</summary>
public sealed class OrderCosmosOptions
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
    /// The name of the container, which must be partitioned by <c>/customerId</c> and <c>/month</c> and must have time to live enabled.
    /// Default <c>orders</c>.
    /// </summary>
    public string Container { get; set; } = "orders";

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
    /// Whether to create the database and the container when they are missing. A managed identity has no permission to create them. Default
    /// false.
    /// </summary>
    [DevelopmentOnly]
    public bool CreateIfMissing { get; set; }
}
