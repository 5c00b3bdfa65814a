namespace ServerlessScale.Functions.Http;

/// <summary>
/// Restricts a function to bearer tokens that have a scope (RFC 6750). A missing or invalid token gets 401; a token without the scope
/// gets 403. An HTTP function without this attribute is anonymous.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RequireScopeAttribute(string scope) : Attribute
{
    public string Scope { get; } = scope;
}
