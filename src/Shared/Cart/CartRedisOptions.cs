namespace ServerlessScale.Shared.Cart;

/// <summary>Settings <c>Cart:Redis:*</c>: where Redis is, by a connection string or by an endpoint with the app's own identity.</summary>
public sealed class CartRedisOptions
{
    /// <summary>
    /// As StackExchange.Redis reads it, e.g. <c>127.0.0.1:6379</c>; timeouts and what is done without a connection are
    /// <see cref="Timeout"/>'s and this program's business, whatever it says of them.
    /// </summary>
    public string? ConnectionString { get; set; }

    /// <summary>Azure: <c>host:port</c>, always over TLS, with a Microsoft Entra token of the app's identity as the password.</summary>
    public string? Endpoint { get; set; }

    /// <summary>The object id of that identity, which is its user name in Redis; needed with <see cref="Endpoint"/>.</summary>
    public string? PrincipalId { get; set; }

    /// <summary>How long connecting, and each command, may take. 100 milliseconds to 10 seconds, default 2 seconds.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(2);
}
