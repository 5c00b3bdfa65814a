namespace ServerlessScale.ColdStart.Measuring;

/// <summary>What a worker had done by its first answer. Those that only the app itself can count are null for an app that does not tell.</summary>
/// <param name="WorkingSetBytes">Memory in RAM.</param>
/// <param name="MethodsJitted">Methods that the just-in-time compiler had to compile.</param>
/// <param name="Assemblies">Assemblies loaded.</param>
/// <param name="AllocatedBytes">Managed memory allocated, garbage included.</param>
internal sealed record StartCounts(long WorkingSetBytes, long? MethodsJitted, long? Assemblies, long? AllocatedBytes);
