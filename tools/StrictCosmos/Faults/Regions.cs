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

    /// <summary>The account's endpoint, with a trailing slash. If there is only one region, it is also the endpoint of the region.</summary>
    public Uri AccountEndpoint { get; internal set; } = new("http://127.0.0.1/");

    /// <summary>
    /// Makes another region the write region. The other regions refuse writes with 403 and substatus 3, which makes clients read the
    /// account again. No commit is lost, as in a planned failover.
    /// </summary>
    /// <exception cref="ArgumentException">The region does not exist.</exception>
    public void FailOverTo(string name) =>
        _writeRegion = All.FirstOrDefault(region => region.Name == name) ?? throw new ArgumentException($"There is no region '{name}'.", nameof(name));

    /// <summary>
    /// The region that listens on a port; null when no region does. The account's endpoint leads to the write region, or to another region
    /// while the write region is offline, as in Azure.
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

    /// <summary>Whether the region serves requests, which is the default. An offline region closes every connection.</summary>
    public bool IsOnline
    {
        get => _isOnline;
        set => _isOnline = value;
    }
}
