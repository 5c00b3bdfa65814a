namespace ServerlessScale.Edge.Logic;

/// <summary>The country that all clients are assumed to be in, because the edge cannot locate IP addresses. It can be changed at any time.</summary>
/// <param name="code">The initial country as two capital letters (ISO 3166-1).</param>
internal sealed class ClientCountry(string code)
{
    private volatile string _code = code;

    public string Code
    {
        get => _code;
        set => _code = value;
    }
}
