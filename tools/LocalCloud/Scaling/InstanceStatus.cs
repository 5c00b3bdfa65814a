namespace ServerlessScale.Local.Scaling;

/// <summary>An instance of a <see cref="LocalCloud"/>.</summary>
/// <param name="Name">Its <c>X-Instance-Id</c> begins with it.</param>
/// <param name="App">The app that it is an instance of; <c>instance</c> where there is one app for everything.</param>
/// <param name="WorkerProcessId">Null while its worker is being restarted.</param>
/// <param name="Healthy">Whether the edge sends requests to it.</param>
/// <param name="InFlight">Requests that it has from the edge.</param>
public sealed record InstanceStatus(string Name, string App, int? WorkerProcessId, bool Healthy, int InFlight);
