namespace ServerlessScale.FunctionHost;

/// <summary>When a worker passed each stage of its start, measured from just before its process was created.</summary>
/// <param name="Connected">The worker opened its stream to the host.</param>
/// <param name="Initialized">The worker confirmed the host's first message.</param>
/// <param name="Indexed">The worker named its functions.</param>
/// <param name="Loaded">All functions were loaded.</param>
public sealed record WorkerStartTimes(TimeSpan Connected, TimeSpan Initialized, TimeSpan Indexed, TimeSpan Loaded);
