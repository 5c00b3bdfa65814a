using ServerlessScale.Edge.Forwarding;
using ServerlessScale.Edge.Rules;
using ServerlessScale.FunctionHost;

namespace ServerlessScale.Local.Scaling;

/// <summary>What all instances of an app have in common.</summary>
internal sealed record InstanceApp
{
    /// <summary>The name of the single app of a monolith, so that its instances are named <c>instance-1</c> and so on.</summary>
    public const string Monolith = "instance";

    /// <summary>The app's name. An instance's name is this name and the instance's number.</summary>
    public required string Name { get; init; }

    /// <summary>The host options of every instance, except the data folder and the instance's name.</summary>
    public required FunctionAppHostOptions Template { get; init; }

    /// <summary>The edge's origin groups that the instances belong to.</summary>
    public required IReadOnlyList<OriginGroup> OriginGroups { get; init; }

    /// <summary>Returns an instance as an origin of each group in which it is enabled.</summary>
    /// <param name="number">The instance's number, from 1. A group's n-th origin describes instance n. The last origin also describes all instances with higher numbers.</param>
    /// <param name="id">The instance's id at the edge.</param>
    /// <param name="address">The address that the instance listens on.</param>
    public IEnumerable<EdgeOrigin> OriginsOf(int number, string id, Uri address) =>
        from originGroup in OriginGroups
        let origin = originGroup.Origins[Math.Min(number, originGroup.Origins.Count) - 1]
        where origin.Enabled
        select new EdgeOrigin(originGroup.Name, id, address, origin.Weight, origin.Priority);
}
