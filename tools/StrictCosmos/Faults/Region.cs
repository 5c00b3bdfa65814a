namespace ServerlessScale.StrictCosmos.Faults;

/// <summary>A region of the account, which has an endpoint of its own.</summary>
public sealed class Region
{
    private volatile bool _isOnline = true;

    internal Region(string name)
    {
        Name = name;
    }

    public string Name { get; }

    /// <summary>Ends in a slash.</summary>
    public Uri Endpoint { get; internal set; } = new("http://127.0.0.1/");

    /// <summary>An offline region breaks every connection. Default: online.</summary>
    public bool IsOnline
    {
        get => _isOnline;
        set => _isOnline = value;
    }
}
