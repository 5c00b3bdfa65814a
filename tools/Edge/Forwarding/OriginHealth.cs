namespace ServerlessScale.Edge.Forwarding;

/// <summary>What the edge knows of an instance.</summary>
/// <param name="Group">The group that it is an origin of.</param>
/// <param name="Id">The origin's id.</param>
/// <param name="Available">Whether it gets requests; all do when none is healthy.</param>
/// <param name="Healthy">Whether neither probes nor requests speak against it.</param>
/// <param name="InFlight">Requests under way to it.</param>
public sealed record OriginHealth(string Group, string Id, bool Available, bool Healthy, int InFlight);
