using System.Collections.Concurrent;
using System.Reflection;
using System.Runtime.Loader;
using Microsoft.Azure.Functions.Worker;
using ServerlessScale.Functions.Http;

namespace ServerlessScale.Functions.Identity;

/// <summary>The scope that each function's method asks for, looked up on its first call and then remembered.</summary>
internal sealed class RequiredScopes
{
    private readonly ConcurrentDictionary<string, string?> _scopes = new(StringComparer.Ordinal);

    /// <returns>Null for an anonymous function.</returns>
    /// <exception cref="InvalidOperationException">The method is not there; nobody is let in by mistake.</exception>
    public string? Of(FunctionDefinition function) =>
        _scopes.TryGetValue(function.Id, out var known) ? known : _scopes.GetOrAdd(function.Id, Find(function));

    // As the worker itself finds the method: "Namespace.Type.Method" in the assembly at that path, which is loaded already.
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
