namespace ServerlessScale.StrictCosmos.Faults;

/// <summary>The account's regions. One region accepts writes, and all regions serve reads.</summary>
public sealed class Regions
{
    private volatile Region _writeRegion;

    internal Regions(IReadOnlyList<string> names)
    {
        All = [.. names.Select(name => new Region(name))];
        _writeRegion = All[0];
    }

    public IReadOnlyList<Region> All { get; }

    public Region WriteRegion => _writeRegion;

    /// <summary>
    /// The account's endpoint, with a trailing slash. In an account with a single region, it is also the region's endpoint.
    /// </summary>
    public Uri AccountEndpoint { get; internal set; } = new("http://127.0.0.1/");

    /// <summary>
    /// Makes another region the write region. The other regions then reject writes with 403 and substatus 3. Clients that receive this
    /// response read the account document again. As in a planned failover, no commit is lost.
    /// </summary>
    /// <exception cref="ArgumentException">The region does not exist.</exception>
    public void FailOverTo(string name) =>
        _writeRegion = All.FirstOrDefault(region => region.Name == name)
            ?? throw new ArgumentException($"The region '{name}' does not exist.", nameof(name));

    /// <summary>
    /// Returns the region that serves requests on a port, or null when there is none. As in Azure, requests to the account's endpoint are
    /// served by the write region, or by another region while the write region is offline.
    /// </summary>
    internal Region? At(int port)
    {
        if (port != AccountEndpoint.Port)
        {
            return All.FirstOrDefault(region => region.Endpoint.Port == port);
        }
        var writable = _writeRegion;
        return writable.IsOnline ? writable : All.FirstOrDefault(region => region.IsOnline);
    }
}

/// <summary>A region of the account. Each region has its own endpoint.</summary>
public sealed class Region
{
    private volatile bool _isOnline = true;

    internal Region(string name)
    {
        Name = name;
    }

    public string Name { get; }

    /// <summary>The region's endpoint, with a trailing slash.</summary>
    public Uri Endpoint { get; internal set; } = new("http://127.0.0.1/");

    /// <summary>Whether the region serves requests. The default is true. An offline region closes every connection.</summary>
    public bool IsOnline
    {
        get => _isOnline;
        set => _isOnline = value;
    }
}
