namespace ServerlessScale.Shared.ColdStarts;

/// <summary>One stretch of a process's start, as it was measured.</summary>
/// <param name="Name">Stable name in camelCase, e.g. <c>runtime</c>.</param>
/// <param name="DurationMs">In milliseconds.</param>
public sealed record StartupPhase(string Name, double DurationMs);
