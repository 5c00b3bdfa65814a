using System.Collections.Concurrent;
using System.Reflection;
using System.Runtime.Loader;
using Microsoft.Azure.Functions.Worker;
using ServerlessScale.Functions.Http;

namespace ServerlessScale.Functions.Identity;

/// <summary>Looks up the scope that a function requires. The result of the lookup is cached after the function's first call.</summary>
internal sealed class RequiredScopes
{
    private readonly ConcurrentDictionary<string, string?> _scopes = new(StringComparer.Ordinal);

    /// <returns>The scope; null for an anonymous function.</returns>
    /// <exception cref="InvalidOperationException">The function's method was not found, so its scope is unknown.</exception>
    public string? Of(FunctionDefinition function) =>
        _scopes.TryGetValue(function.Id, out var known) ? known : _scopes.GetOrAdd(function.Id, Find(function));

    // The entry point has the form "Namespace.Type.Method", and the method is in the assembly at PathToAssembly. The worker finds the
    // method in the same way and has already loaded the assembly.
    private static string? Find(FunctionDefinition function)
    {
        var separator = function.EntryPoint.LastIndexOf('.');
        var method = AssemblyLoadContext.Default.LoadFromAssemblyPath(function.PathToAssembly)
            .GetType(function.EntryPoint[..separator])?
            .GetMethod(function.EntryPoint[(separator + 1)..])
            ?? throw new InvalidOperationException($"The function's method {function.EntryPoint} was not found.");
        return method.GetCustomAttribute<RequireScopeAttribute>()?.Scope;
    }
}
