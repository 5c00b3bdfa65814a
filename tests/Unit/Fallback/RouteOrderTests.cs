using System.Reflection;
using Microsoft.AspNetCore.Routing.Template;
using Microsoft.Azure.Functions.Worker;
using ServerlessScale.Functions.Fallback;

namespace ServerlessScale.Tests.Unit.Fallback;

/// <summary>
/// Tests that no function receives requests that are meant for another function. The Functions host compares a request with one route after
/// another, in the case-insensitive order of the functions' names. It does not prefer the more specific route.
/// </summary>
public sealed class RouteOrderTests
{
    private static readonly (string Name, RouteTemplate Route, string[] Methods)[] HttpFunctions =
    [
        .. AllMethods()
            .Select(method => (
                method.GetCustomAttribute<FunctionAttribute>()!.Name,
                Trigger: method.GetParameters().Select(parameter => parameter.GetCustomAttribute<HttpTriggerAttribute>()).FirstOrDefault(t => t is not null)))
            .Where(function => function.Trigger is not null)
            .Select(function => (function.Name, TemplateParser.Parse(function.Trigger!.Route!), function.Trigger.Methods ?? [])),
    ];

    [Fact]
    public void The_fallback_function_sorts_after_all_other_functions() => Assert.Equal(
        FallbackFunctions.Name,
        AllMethods().Select(method => method.GetCustomAttribute<FunctionAttribute>()!.Name).Order(StringComparer.OrdinalIgnoreCase).Last());

    [Fact]
    public void The_fallback_function_matches_every_path_and_method()
    {
        var fallback = Assert.Single(HttpFunctions, function => function.Name == FallbackFunctions.Name);

        Assert.Equal("{*rest}", fallback.Route.TemplateText);
        Assert.Empty(fallback.Methods);
    }

    [Fact]
    public void Functions_other_than_the_fallback_do_not_match_the_same_requests()
    {
        var functions = HttpFunctions.Where(function => function.Name != FallbackFunctions.Name).ToArray();

        Assert.NotEmpty(functions);
        Assert.Empty(
            from first in functions
            from second in functions
            where string.CompareOrdinal(first.Name, second.Name) < 0
                && first.Methods.Intersect(second.Methods, StringComparer.OrdinalIgnoreCase).Any()
                && Overlap(SegmentsOf(first.Route), SegmentsOf(second.Route))
            select $"{first.Name} ({first.Route.TemplateText}) and {second.Name} ({second.Route.TemplateText})");
    }

    [Theory]
    [InlineData("api/orders/{id}", "api/orders/{id}", true)]
    [InlineData("api/orders/{id}", "api/orders/new", true)]
    [InlineData("api/orders/{id}", "api/orders", false)]
    [InlineData("api/orders/{id?}", "api/orders", true)]
    [InlineData("api/Orders", "api/orders", true)]
    [InlineData("api/orders", "api/carts", false)]
    [InlineData("assets/{*path}", "assets/fonts/{file}", true)]
    [InlineData("assets/{*path}", "assets", true)]
    [InlineData("assets/{*path}", "images/{id}", false)]
    [InlineData("files/{name}.{format}", "files/list", true)]
    [InlineData("{nothing:maxlength(0)?}", "assets/{*path}", false)]
    [InlineData("{nothing:maxlength(0)?}", "{file?}", true)]
    public void Overlapping_routes_are_detected(string first, string second, bool expected)
    {
        var (a, b) = (SegmentsOf(TemplateParser.Parse(first)), SegmentsOf(TemplateParser.Parse(second)));

        Assert.Equal(expected, Overlap(a, b));
        Assert.Equal(expected, Overlap(b, a));
    }

    [Fact]
    public void Every_function_that_accepts_GET_also_accepts_HEAD() => Assert.Empty(
        HttpFunctions
            .Where(function => function.Methods.Contains("get", StringComparer.OrdinalIgnoreCase))
            .Where(function => !function.Methods.Contains("head", StringComparer.OrdinalIgnoreCase))
            .Select(function => function.Name));

    private static IEnumerable<MethodInfo> AllMethods() => typeof(FallbackFunctions).Assembly.GetTypes()
        .SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static))
        .Where(method => method.IsDefined(typeof(FunctionAttribute)));

    /// <summary>Returns the segments of a route without the parameters that only match the empty text.</summary>
    private static TemplateSegment[] SegmentsOf(RouteTemplate route) =>
    [
        .. route.Segments.Where(segment => !segment.Parts.Any(
            part => part.IsOptional && part.InlineConstraints.Any(constraint => constraint.Constraint == "maxlength(0)"))),
    ];

    /// <summary>
    /// Returns whether a path can match both routes. Other constraints are ignored, so routes that differ only in their constraints count as
    /// overlapping.
    /// </summary>
    private static bool Overlap(TemplateSegment[] first, TemplateSegment[] second) => (first, second) switch
    {
        ([], _) => CanBeEmpty(second),
        (_, []) => CanBeEmpty(first),
        _ when IsCatchAll(first[0]) || IsCatchAll(second[0]) => true,
        _ => OverlapOf(first[0], second[0]) && Overlap(first[1..], second[1..]),
    };

    private static bool CanBeEmpty(TemplateSegment[] segments) =>
        segments is [] || (segments is [{ IsSimple: true, Parts: [{ } part] }, ..] && (part.IsCatchAll || part.IsOptional) && CanBeEmpty(segments[1..]));

    private static bool IsCatchAll(TemplateSegment segment) => segment.Parts is [{ IsCatchAll: true }];

    // A segment with several parts, such as {name}.{format}, is treated as matching any text.
    private static bool OverlapOf(TemplateSegment first, TemplateSegment second) =>
        first.Parts is not [{ IsLiteral: true, Text: var a }]
        || second.Parts is not [{ IsLiteral: true, Text: var b }]
        || string.Equals(a, b, StringComparison.OrdinalIgnoreCase);
}
