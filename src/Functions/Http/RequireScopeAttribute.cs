namespace ServerlessScale.Functions.Http;

/// <summary>
/// The function answers only bearers of this scope (RFC 6750): no token, or an invalid one, is 401; a token without the scope is
/// 403. An HTTP function without this attribute is anonymous.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RequireScopeAttribute(string scope) : Attribute
{
    public string Scope { get; } = scope;
}
