using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Template;
using Microsoft.Azure.Functions.Worker.Core.FunctionMetadata;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;

namespace ServerlessScale.Functions.Fallback;

/// <summary>
/// The routes and methods of this app's functions. The table is built from the functions' metadata when the first request arrives that no
/// function handles. It is not built at startup, because that would slow down every cold start.
/// </summary>
public sealed class RouteTable(
    IFunctionMetadataProvider functions, IConfiguration settings, IInlineConstraintResolver constraintResolver, ILogger<RouteTable> logger)
{
    private readonly Lazy<Task<IReadOnlyList<Entry>>> _entries = new(async () =>
    [
        .. (await functions.GetFunctionMetadataAsync(AppContext.BaseDirectory))
            .Where(function => function.Name is { } name && name != FallbackFunctions.Name && !FunctionSwitches.IsDisabled(settings, name))
            .Select(function => EntryOf(function, constraintResolver))
            .OfType<Entry>(),
    ]);

    /// <summary>Returns the methods, in upper case, of the functions whose routes match the path; empty when the path is unknown.</summary>
    /// <param name="http">A request that no function handles.</param>
    public async Task<IReadOnlyCollection<string>> MethodsOfAsync(HttpContext http)
    {
        var methods = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var entry in await _entries.Value)
        {
            var values = new RouteValueDictionary();
            if (entry.Matcher.TryMatch(http.Request.Path, values)
                && RouteConstraintMatcher.Match(
                    entry.Constraints, values, http, NullRouter.Instance, RouteDirection.IncomingRequest, logger))
            {
                methods.UnionWith(entry.Methods);
            }
        }

        return methods;
    }

    private static Entry? EntryOf(IFunctionMetadata function, IInlineConstraintResolver resolver)
    {
        foreach (var raw in function.RawBindings ?? [])
        {
            using var document = JsonDocument.Parse(raw);
            var binding = document.RootElement;
            if (!string.Equals(binding.GetProperty("type").GetString(), "httpTrigger", StringComparison.OrdinalIgnoreCase))
            {
                continue;
            }

            var template = TemplateParser.Parse(binding.GetProperty("route").GetString()!);
            var constraints = new RouteConstraintBuilder(resolver, template.TemplateText!);
            foreach (var parameter in template.Parameters)
            {
                foreach (var constraint in parameter.InlineConstraints)
                {
                    constraints.AddResolvedConstraint(parameter.Name!, constraint.Constraint);
                }

                if (parameter.IsOptional)
                {
                    constraints.SetOptional(parameter.Name!);
                }
            }

            return new(
                new TemplateMatcher(template, []),
                constraints.Build(),
                binding.TryGetProperty("methods", out var methods)
                    ? [.. methods.EnumerateArray().Select(method => method.GetString()!.ToUpperInvariant())]
                    : []);
        }

        return null;
    }

    private sealed record Entry(TemplateMatcher Matcher, IDictionary<string, IRouteConstraint> Constraints, IReadOnlyList<string> Methods);

    /// <summary>
    /// A placeholder for the router parameter of route constraints. ASP.NET Core's own constraints do not use the router.
    /// </summary>
    private sealed class NullRouter : IRouter
    {
        public static readonly NullRouter Instance = new();

        public VirtualPathData? GetVirtualPath(VirtualPathContext context) => null;

        public Task RouteAsync(RouteContext context) => Task.CompletedTask;
    }
}
