namespace ServerlessScale.Edge.Forwarding;

/// <summary>An instance that the edge forwards a group's requests to. An instance that belongs to several groups is one origin in each, with the same id.</summary>
/// <param name="Group">The name of the group.</param>
/// <param name="Id">
/// Identifies the instance. An id must not be reused for another instance, because the new instance would inherit the old one's health.
/// </param>
/// <param name="Address">The instance's base address.</param>
/// <param name="Weight">The instance's share under the weighted policies, from 1 to 1000 as in Front Door.</param>
/// <param name="Priority">From 1 to 5 as in Front Door. Only the healthy origins with the lowest number get requests.</param>
public sealed record EdgeOrigin(string Group, string Id, Uri Address, int Weight = 1, int Priority = 1);

/// <summary>The state of an origin in one of its groups.</summary>
/// <param name="Group">The name of the group.</param>
/// <param name="Id">The id of the origin.</param>
/// <param name="Available">Whether the origin gets requests. If no origin of the group is healthy, all of them do.</param>
/// <param name="Healthy">Whether the origin's probes succeed and it is not ejected.</param>
/// <param name="InFlight">The number of requests that the origin has not completed.</param>
public sealed record OriginHealth(string Group, string Id, bool Available, bool Healthy, int InFlight);
