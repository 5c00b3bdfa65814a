using System.Collections.Concurrent;
using System.Reflection;
using System.Runtime.Loader;
using Microsoft.Azure.Functions.Worker;
using ServerlessScale.Functions.Http;

namespace ServerlessScale.Functions.Identity;

/// <summary>The scope that each function requires. A scope is looked up on the function's first call and then cached.</summary>
internal sealed class RequiredScopes
{
    private readonly ConcurrentDictionary<string, string?> _scopes = new(StringComparer.Ordinal);

    /// <returns>The scope, or null for an anonymous function.</returns>
    /// <exception cref="InvalidOperationException">The function's method was not found, so its scope is unknown and the call must not run.</exception>
    public string? Of(FunctionDefinition function) =>
        _scopes.TryGetValue(function.Id, out var known) ? known : _scopes.GetOrAdd(function.Id, Find(function));

    // The worker finds the method in the same way: the entry point is "Namespace.Type.Method" in the assembly at the path. The
    // assembly is already loaded.
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
