using System.Reflection;
using System.Text.RegularExpressions;

namespace ServerlessScale.OpenApi;

/// <summary>An HTTP function of the app, as its attributes describe it.</summary>
internal sealed partial record Operation
{
    /// <summary>The function's name.</summary>
    public required string Function { get; init; }

    /// <summary>The method that implements the function.</summary>
    public required MethodInfo Method { get; init; }

    /// <summary>The capability, which is the last part of the namespace.</summary>
    public required string Capability { get; init; }

    /// <summary>The HTTP method in lower case. A function that also answers HEAD is described by its GET.</summary>
    public required string Verb { get; init; }

    /// <summary>The path with its parameters in braces, e.g. <c>/api/orders/{id}</c>.</summary>
    public required string Path { get; init; }

    /// <summary>The id, which is unique: the function's name in camelCase.</summary>
    public required string Id { get; init; }

    public string? Scope => Method.Attribute("RequireScope")?.Argument<string>(0);

    /// <summary>Whether clients may send an idempotency key. Operations that require a key describe it with other attributes.</summary>
    public bool IsIdempotent => Method.Attribute("Idempotent") is not null;

    public IEnumerable<string> PathParameters => ParameterNames().Matches(Path).Select(match => match.Groups[1].Value);

    /// <summary>
    /// Reads all HTTP functions. A function without methods is the fallback for paths that no operation has, so it is not an operation. A
    /// function whose last path segment is optional is two operations.
    /// </summary>
    public static IReadOnlyList<Operation> AllOf(LoadedApp app) =>
    [
        .. from type in app.Assemblies[0].GetTypes()
           from method in type.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly)
           let function = method.Attribute("Function")
           where function is not null
           from trigger in method.GetParameters().SelectMany(parameter => parameter.GetCustomAttributesData())
           where trigger.AttributeType.Name == "HttpTriggerAttribute"
           let verbs = (trigger.Argument<string[]>(1) ?? []).Where(verb => verb != "head").ToArray()
           where verbs.Length > 0
           from verb in verbs
           from path in PathsOf(trigger.Property<string>("Route") ?? function.Argument<string>(0)!)
           orderby path.Path, verb
           select new Operation
           {
               Function = function.Argument<string>(0)!,
               Method = method,
               Capability = type.Namespace!.Split('.')[^1],
               Verb = verb,
               Path = path.Path,
               Id = char.ToLowerInvariant(function.Argument<string>(0)![0]) + function.Argument<string>(0)![1..] + path.Suffix,
           },
    ];

    /// <summary>
    /// Converts a route template of ASP.NET Core to paths of OpenAPI, which have no constraints, no optional and no catch-all parameters. A
    /// parameter that must be empty (<c>maxlength(0)</c>) is the host's form of a route for <c>/</c>.
    /// </summary>
    private static IEnumerable<(string Path, string Suffix)> PathsOf(string route)
    {
        if (EmptySegment().IsMatch(route))
        {
            yield return ("/", "");
            yield break;
        }

        var path = "/" + Parameter().Replace(route, "{$1}");
        if (!route.EndsWith("?}", StringComparison.Ordinal))
        {
            yield return (path, "");
            yield break;
        }

        var segment = path.LastIndexOf('/');
        var name = path[(segment + 2)..^1];
        yield return (path[..segment], "");
        yield return (path, $"By{char.ToUpperInvariant(name[0])}{name[1..]}");
    }

    [GeneratedRegex(@"^\{\w+:maxlength\(0\)\?\}$")]
    private static partial Regex EmptySegment();

    [GeneratedRegex(@"\{\*?(\w+)[^}]*\}")]
    private static partial Regex Parameter();

    [GeneratedRegex(@"\{(\w+)\}")]
    private static partial Regex ParameterNames();
}
