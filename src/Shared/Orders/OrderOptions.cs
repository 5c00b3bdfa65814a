using ServerlessScale.Shared.Storage;

namespace ServerlessScale.Shared.Orders;

/// <summary>The <c>Orders:*</c> settings.</summary>
public sealed class OrderOptions
{
    public const string Section = "Orders";

    /// <summary>The service that stores orders and products: <c>tables</c> (the default) or <c>cosmos</c>.</summary>
    public DatabaseKind Store { get; set; }

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

    public CosmosOptions Cosmos { get; set; } = new();
}
