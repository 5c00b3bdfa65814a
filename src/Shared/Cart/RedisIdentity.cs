using Azure.Core;
using StackExchange.Redis.Configuration;

namespace ServerlessScale.Shared.Cart;

/// <summary>
/// Lets the app's identity into Azure's Redis: the user is its object id, the password a Microsoft Entra token, fresh at every
/// connect. Redis ends a connection whose token has expired, and the next one brings a new token.
/// learn.microsoft.com/azure/redis/entra-for-authentication
/// </summary>
internal sealed class RedisIdentity(string principalId, TokenCredential credential) : AzureOptionsProvider
{
    private static readonly TokenRequestContext RedisScope = new(["https://redis.azure.com/.default"]);

    public override string User => principalId;

    /// <summary>Asked for by the library when it connects, and only synchronously; the credential keeps tokens until they are to be renewed.</summary>
    public override string Password => credential.GetToken(RedisScope, CancellationToken.None).Token;
}
