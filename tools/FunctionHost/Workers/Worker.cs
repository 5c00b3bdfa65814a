using ServerlessScale.FunctionHost.Metadata;

namespace ServerlessScale.FunctionHost.Workers;

/// <summary>A worker that has loaded its functions: its process and its channel.</summary>
internal sealed record Worker(
    WorkerProcess Process, WorkerChannel Channel, IReadOnlyList<FunctionDescription> Functions, WorkerStartTimes StartTimes);
