namespace ServerlessScale.FunctionHost;

/// <summary>When a worker reached each stage of its start. Every time is measured from just before the process was created.</summary>
/// <param name="Connected">The worker opened its stream to the host.</param>
/// <param name="Initialized">The worker confirmed the host's first message.</param>
/// <param name="Indexed">The worker listed its functions.</param>
/// <param name="Loaded">All functions were loaded.</param>
public sealed record WorkerStartTimes(TimeSpan Connected, TimeSpan Initialized, TimeSpan Indexed, TimeSpan Loaded);
