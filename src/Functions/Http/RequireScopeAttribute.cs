namespace ServerlessScale.Functions.Http;

/// <summary>
/// Restricts a function to callers whose bearer token has the given scope (RFC 6750). A request with a missing or invalid token gets 401. A
/// request whose token lacks the scope gets 403. An HTTP function without this attribute is open to anonymous callers.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RequireScopeAttribute(string scope) : Attribute
{
    public string Scope { get; } = scope;
}
