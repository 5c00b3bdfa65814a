namespace ServerlessScale.Local.Edge.Forwarding;

/// <summary>An instance that requests are forwarded to.</summary>
/// <param name="Id">Never used again for another: what is known of one's health must not be held against its successor.</param>
/// <param name="Address">Where it listens.</param>
/// <param name="Weight">Its share under the weighted policies, 1 to 1000, as Front Door's.</param>
internal sealed record EdgeOrigin(string Id, Uri Address, int Weight = 1);
