namespace ServerlessScale.Local.Host;

/// <summary>A worker that has loaded its functions: its process and its channel.</summary>
/// <param name="StartedAt">Just before the process's start, as a timestamp of <see cref="System.Diagnostics.Stopwatch"/>.</param>
/// <param name="LoadTime">From just before the process's start until all functions were loaded.</param>
internal sealed record Worker(
    WorkerProcess Process, WorkerChannel Channel, IReadOnlyList<FunctionDescription> Functions, long StartedAt, TimeSpan LoadTime);
