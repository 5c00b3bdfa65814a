namespace ServerlessScale.Local.Scaling;

/// <summary>An instance of a <see cref="LocalCloud"/>.</summary>
/// <param name="Name">Its <c>X-Instance-Id</c> begins with it.</param>
/// <param name="Healthy">Whether the edge sends requests to it.</param>
/// <param name="InFlight">Requests that it has from the edge.</param>
public sealed record InstanceStatus(string Name, bool Healthy, int InFlight);
