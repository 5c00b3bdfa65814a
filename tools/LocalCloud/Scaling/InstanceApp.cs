using Microsoft.AspNetCore.Http;
using ServerlessScale.Edge.Forwarding;
using ServerlessScale.Edge.Rules;
using ServerlessScale.FunctionHost;

namespace ServerlessScale.Local.Scaling;

/// <summary>The properties that all instances of an app share.</summary>
internal sealed record InstanceApp
{
    /// <summary>The app name for a monolith, whose instances are therefore named <c>instance-1</c>, <c>instance-2</c> and so on.</summary>
    public const string Monolith = "instance";

    /// <summary>The name of the app. The name of an instance consists of this name and the instance's number.</summary>
    public required string Name { get; init; }

    /// <summary>The host options for every instance. The data folder and the name of the instance are set separately.</summary>
    public required FunctionAppHostOptions Template { get; init; }

    /// <summary>
    /// Returns the middleware that receives each request to the instance with the given name before its functions; null for none.
    /// </summary>
    public Func<string, Func<HttpContext, RequestDelegate, Task>>? BeforeFunctions { get; init; }

    /// <summary>Called on any thread when an instance is ready, lost, draining or stopped; null for none.</summary>
    public Action<InstanceChange>? OnChange { get; init; }

    /// <summary>The edge's origin groups that contain the instances.</summary>
    public required IReadOnlyList<OriginGroup> OriginGroups { get; init; }

    /// <summary>Returns the origins for an instance, one for each group in which the instance is enabled.</summary>
    /// <param name="number">
    /// The number of the instance, starting at 1. The n-th origin in a group contains the settings for instance n. The last origin also
    /// applies to all instances with higher numbers.
    /// </param>
    /// <param name="id">The id of the instance at the edge.</param>
    /// <param name="address">The address on which the instance listens.</param>
    public IEnumerable<EdgeOrigin> OriginsOf(int number, string id, Uri address) =>
        from originGroup in OriginGroups
        let origin = originGroup.Origins[Math.Min(number, originGroup.Origins.Count) - 1]
        where origin.Enabled
        select new EdgeOrigin(originGroup.Name, id, address, origin.Weight, origin.Priority);
}

/// <summary>A change in the life of an instance.</summary>
/// <param name="App">The name of the app.</param>
/// <param name="Instance">The name of the instance.</param>
/// <param name="Text">A sentence that describes the change.</param>
internal sealed record InstanceChange(string App, string Instance, string Text);
