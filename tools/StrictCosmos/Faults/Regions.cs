namespace ServerlessScale.StrictCosmos.Faults;

/// <summary>The account's regions: one takes writes, all answer reads.</summary>
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

    /// <summary>Of the account; ends in a slash. With one region it is also the region's.</summary>
    public Uri AccountEndpoint { get; internal set; } = new("http://127.0.0.1/");

    /// <summary>
    /// Makes this the write region. The others refuse writes from now on (403, substatus 3), until clients have read the
    /// account again. No commit is lost, as in a failover that was planned.
    /// </summary>
    /// <exception cref="ArgumentException">When there is no such region.</exception>
    public void FailOverTo(string name) =>
        _writeRegion = All.FirstOrDefault(region => region.Name == name) ?? throw new ArgumentException($"There is no region '{name}'.", nameof(name));

    /// <summary>
    /// The region that answers at a port. The account's own endpoint leads to the write region, or to another while that one
    /// is offline, as its name does in Azure.
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
