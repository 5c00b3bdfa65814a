namespace ServerlessScale.Edge.Forwarding;

/// <summary>An instance that a group's requests are forwarded to. One in several groups is an origin of each, with one id.</summary>
/// <param name="Group">The group's name.</param>
/// <param name="Id">Never used again for another: what is known of one's health must not be held against its successor.</param>
/// <param name="Address">Where it listens.</param>
/// <param name="Weight">Its share under the weighted policies, 1 to 1000, as Front Door's.</param>
/// <param name="Priority">1 to 5, as Front Door's: only the healthy origins of the lowest number get requests.</param>
public sealed record EdgeOrigin(string Group, string Id, Uri Address, int Weight = 1, int Priority = 1);
