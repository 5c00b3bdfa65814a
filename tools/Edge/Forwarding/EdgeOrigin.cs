namespace ServerlessScale.Edge.Forwarding;

/// <summary>
/// An instance as a member of one origin group. An instance in several groups has one origin per group, and all its origins have the same
/// id.
/// </summary>
/// <param name="Group">The name of the group.</param>
/// <param name="Id">
/// The id of the instance. An id must not be reused, because the new instance would inherit the health of the old instance.
/// </param>
/// <param name="Address">The instance's base address.</param>
/// <param name="Weight">The instance's relative share of the requests under the weighted policies, from 1 to 1000 as in Front Door.</param>
/// <param name="Priority">
/// The priority, from 1 to 5 as in Front Door. Requests go only to the healthy origins with the lowest number.
/// </param>
public sealed record EdgeOrigin(string Group, string Id, Uri Address, int Weight = 1, int Priority = 1);

/// <summary>The state of an origin in one origin group.</summary>
/// <param name="Group">The name of the group.</param>
/// <param name="Id">The id of the origin.</param>
/// <param name="Available">
/// Whether the origin receives requests. If no origin of the group is healthy, all origins of the group receive requests.
/// </param>
/// <param name="Healthy">Whether the origin's probes succeed and the origin is not ejected.</param>
/// <param name="InFlight">The number of requests that the origin has not completed yet.</param>
public sealed record OriginHealth(string Group, string Id, bool Available, bool Healthy, int InFlight);
