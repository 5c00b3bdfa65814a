namespace ServerlessScale.Shared.Orders;

/// <summary>Settings <c>Orders:*</c>.</summary>
public sealed class OrderOptions
{
    public const string Section = "Orders";

    /// <summary>The service that stores orders: <c>tables</c> (the default) or <c>cosmos</c>.</summary>
    public OrderBackend Store { get; set; }

    /// <summary>
    /// Signs cursors and consistency tokens: base64 of at least 32 bytes, the same for all instances. Required outside development; in
    /// development it is derived from the development key. A new key invalidates the cursors and tokens that clients hold, so clients
    /// start their listings again.
    /// </summary>
    public string CursorKey { get; set; } = "";

    /// <summary>How long a request may try to commit an order before it gives up for good. 1 second to 1 minute, default 20 seconds.</summary>
    public TimeSpan CommitDeadline { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>
    /// How long after a commit was started a queue function checks whether the order's event still has to be sent. At least 1.5 times
    /// <see cref="CommitDeadline"/>, at most 1 hour, default 30 seconds.
    /// </summary>
    public TimeSpan IntentDelay { get; set; } = TimeSpan.FromSeconds(30);

    public OrderCosmosOptions Cosmos { get; set; } = new();
}

/// <summary>The service that stores orders.</summary>
public enum OrderBackend
{
    /// <summary>Azure Table Storage, in the account of the other tables. It needs no further settings.</summary>
    Tables,

    /// <summary>Azure Cosmos DB for NoSQL, with the settings <c>Orders:Cosmos:*</c>.</summary>
    Cosmos,
}

/// <summary>Settings <c>Orders:Cosmos:*</c>, used when <c>Orders:Store</c> is <c>cosmos</c>.</summary>
public sealed class OrderCosmosOptions
{
    /// <summary>The account's URI, used with managed identity. Either this or <see cref="ConnectionString"/> is required.</summary>
    public string? Endpoint { get; set; }

    /// <summary>A connection string with the account's key, for emulators.</summary>
    [DevelopmentOnly]
    public string? ConnectionString { get; set; }

    /// <summary>Default <c>shop</c>.</summary>
    public string Database { get; set; } = "shop";

    /// <summary>The container, partitioned by <c>/customerId</c> and <c>/month</c>, with time to live switched on. Default <c>orders</c>.</summary>
    public string Container { get; set; } = "orders";

    /// <summary>Region names such as <c>West Europe</c>, the nearest first. Empty leaves the choice to the account.</summary>
    public IList<string> PreferredRegions { get; } = [];

    /// <summary>Whether to connect through the gateway, by HTTPS only, instead of to the replicas directly. Default false.</summary>
    public bool Gateway { get; set; }

    /// <summary>
    /// Whether to use this address only, through the gateway, and ignore the account's list of regions. Emulators need it. Default
    /// false.
    /// </summary>
    [DevelopmentOnly]
    public bool LimitToEndpoint { get; set; }

    /// <summary>
    /// Whether to create the database and the container when they are missing. A managed identity is not allowed to. Default false.
    /// </summary>
    [DevelopmentOnly]
    public bool CreateIfMissing { get; set; }
}
