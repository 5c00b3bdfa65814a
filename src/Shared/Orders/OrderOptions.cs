namespace ServerlessScale.Shared.Orders;

/// <summary>Settings <c>Orders:*</c>.</summary>
public sealed class OrderOptions
{
    public const string Section = "Orders";

    /// <summary><c>tables</c> (the default) or <c>cosmos</c>.</summary>
    public OrderStoreKind Store { get; set; }

    /// <summary>
    /// Signs cursors and consistency tokens: base64 of at least 32 bytes, the same for all instances. Required outside development,
    /// where it is derived from the development key. A new key makes what clients hold invalid; they begin the listing anew.
    /// </summary>
    public string CursorKey { get; set; } = "";

    /// <summary>How long a request tries to commit, after which it gives up for good. 1 second to 1 minute, default 20 seconds.</summary>
    public TimeSpan CommitDeadline { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>
    /// How long after the attempt to commit somebody else looks whether it came to an event. At least 1.5 times
    /// <see cref="CommitDeadline"/>, at most 1 hour, default 30 seconds.
    /// </summary>
    public TimeSpan IntentDelay { get; set; } = TimeSpan.FromSeconds(30);

    public OrderCosmosOptions Cosmos { get; set; } = new();
}
