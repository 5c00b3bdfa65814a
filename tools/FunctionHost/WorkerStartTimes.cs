namespace ServerlessScale.FunctionHost;

/// <summary>
/// The times at which a worker reached the stages of its start. They are measured from the moment just before its process was created.
/// </summary>
/// <param name="Connected">The time until the worker opened its stream to the host.</param>
/// <param name="Initialized">The time until the worker confirmed the host's first message.</param>
/// <param name="Indexed">The time until the worker listed its functions.</param>
/// <param name="Loaded">The time until all functions were loaded.</param>
public sealed record WorkerStartTimes(TimeSpan Connected, TimeSpan Initialized, TimeSpan Indexed, TimeSpan Loaded);
