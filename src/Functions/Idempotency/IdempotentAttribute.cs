namespace ServerlessScale.Functions.Idempotency;

/// <summary>
/// Lets clients repeat the requests of a function safely with an <c>Idempotency-Key</c> header
/// (draft-ietf-httpapi-idempotency-key-header). The function must also have a <see cref="Http.RequireScopeAttribute"/>, because keys belong
/// to a customer. The function gets the ids of its new resources from the request's operation.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class IdempotentAttribute : Attribute
{
    /// <summary>
    /// Whether the function streams a large body. Such a body is not part of the request's fingerprint, because it is not buffered. The
    /// function stores its digest with the operation's note instead.
    /// </summary>
    public bool StreamsBody { get; init; }
}
