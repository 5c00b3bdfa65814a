using System.Collections.Concurrent;
using System.Reflection;
using System.Runtime.Loader;
using Microsoft.Azure.Functions.Worker;

namespace ServerlessScale.Functions.Http;

/// <summary>Looks up an attribute of a function. The result of the lookup is cached after the function's first call.</summary>
internal sealed class FunctionAttributes<T>
    where T : Attribute
{
    private readonly ConcurrentDictionary<string, T?> _attributes = new(StringComparer.Ordinal);

    /// <returns>The attribute; null when the function does not have the attribute.</returns>
    /// <exception cref="InvalidOperationException">The function's method was not found, so its attributes are unknown.</exception>
    public T? Of(FunctionDefinition function) =>
        _attributes.TryGetValue(function.Id, out var known) ? known : _attributes.GetOrAdd(function.Id, Find(function));

    // The entry point has the form "Namespace.Type.Method", and the method is in the assembly at PathToAssembly. The worker finds the
    // method in the same way and has already loaded the assembly.
    private static T? Find(FunctionDefinition function)
    {
        var separator = function.EntryPoint.LastIndexOf('.');
        var method = AssemblyLoadContext.Default.LoadFromAssemblyPath(function.PathToAssembly)
            .GetType(function.EntryPoint[..separator])?
            .GetMethod(function.EntryPoint[(separator + 1)..])
            ?? throw new InvalidOperationException($"The function's method {function.EntryPoint} was not found.");
        return method.GetCustomAttribute<T>();
    }
}
