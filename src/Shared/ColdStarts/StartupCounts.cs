namespace ServerlessScale.Shared.ColdStarts;

/// <summary>What a process did for its start. Unlike times, these hardly differ from one start to the next.</summary>
/// <param name="MethodsJitted">Methods that had no machine code yet and were compiled by the just-in-time compiler.</param>
/// <param name="Assemblies">Assemblies that were loaded.</param>
/// <param name="AllocatedBytes">Managed memory that was allocated, garbage included.</param>
public sealed record StartupCounts(long MethodsJitted, long Assemblies, long AllocatedBytes);
