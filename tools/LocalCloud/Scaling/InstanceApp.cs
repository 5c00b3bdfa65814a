using ServerlessScale.Edge.Forwarding;
using ServerlessScale.Edge.Rules;
using ServerlessScale.FunctionHost;

namespace ServerlessScale.Local.Scaling;

/// <summary>What the instances of an app have in common.</summary>
internal sealed record InstanceApp
{
    /// <summary>Where there is one app for everything, and its instances need no more than a number.</summary>
    public const string TheOnlyOne = "instance";

    /// <summary>Instances are named by it and by their number.</summary>
    public required string Name { get; init; }

    /// <summary>What every instance runs; each gets a data folder and a name of its own.</summary>
    public required FunctionAppHostOptions Template { get; init; }

    /// <summary>The groups of the edge that its instances are in.</summary>
    public required IReadOnlyList<OriginGroup> OriginGroups { get; init; }

    /// <summary>An instance as an origin of each group that has it enabled.</summary>
    /// <param name="number">From 1: a group's first origin describes the first instance, and its last one all beyond the list.</param>
    /// <param name="id">The edge's name for it.</param>
    /// <param name="address">Where it listens.</param>
    public IEnumerable<EdgeOrigin> OriginsOf(int number, string id, Uri address) =>
        from originGroup in OriginGroups
        let origin = originGroup.Origins[Math.Min(number, originGroup.Origins.Count) - 1]
        where origin.Enabled
        select new EdgeOrigin(originGroup.Name, id, address, origin.Weight, origin.Priority);
}
