using System.Text.Json.Nodes;

namespace ServerlessScale.Tests.Unit.Infra.Parity;

/// <summary>Creates copies of the compiled template. Each copy lacks one element.</summary>
internal static class Mutations
{
    private const string Profiles = "Microsoft.Cdn/profiles/";

    public static IEnumerable<(string Name, IReadOnlyList<JsonObject> Resources)> Of(IReadOnlyList<JsonObject> resources)
    {
        foreach (var type in (string[])["ruleSets/rules", "afdEndpoints/routes", "securityPolicies"])
        {
            foreach (var resource in resources.Where(resource => (string?)resource["type"] == Profiles + type))
            {
                // The catch-all route is not removed because some requests would then have no route.
                if (!Patterns(resource).Contains("/*"))
                {
                    yield return ($"without {Name(resource)}", [.. resources.Where(other => other != resource)]);
                }
            }
        }

        foreach (var (i, resource) in resources.Index().Where(indexed => IsOfTheEdge(indexed.Item)))
        {
            foreach (var part in Parts(resource))
            {
                var copy = Copy(resources);
                part.Change(copy[i]);
                yield return ($"{Name(resource)} {part.Name}", copy);
            }
        }
    }

    public static IReadOnlyList<JsonObject> Copy(IReadOnlyList<JsonObject> resources) => [.. resources.Select(resource => resource.DeepClone().AsObject())];

    private static IEnumerable<(string Name, Action<JsonObject> Change)> Parts(JsonObject resource)
    {
        if (resource["properties"]?["cacheConfiguration"] is JsonObject)
        {
            yield return ("without its cache", copy => copy["properties"]!["cacheConfiguration"] = null);
        }

        for (var i = 0; resource["properties"]?["conditions"] is JsonArray conditions && i < conditions.Count; i++)
        {
            var index = i;
            if ((string?)conditions[i]!["name"] == "RequestScheme")
            {
                // All sample requests use TLS, so removing this condition has no effect.
                continue;
            }

            yield return ($"without condition {i}", copy => copy["properties"]!["conditions"]!.AsArray().RemoveAt(index));
        }

        for (var i = 0; resource["properties"]?["actions"] is JsonArray actions && i < actions.Count; i++)
        {
            var index = i;
            yield return ($"without action {i}", copy => copy["properties"]!["actions"]!.AsArray().RemoveAt(index));
        }

        // Another test covers the rate limit. A rule that allows requests only skips the managed rules, which this comparison does not contain.
        foreach (var (r, rule) in (resource["properties"]?["customRules"]?["rules"]?.AsArray() ?? []).Index())
        {
            for (var i = 0; (string?)rule!["ruleType"] == "MatchRule" && (string?)rule["action"] != "Allow" && i < rule["matchConditions"]!.AsArray().Count; i++)
            {
                var index = i;
                yield return (
                    $"{(string?)rule["name"]} without condition {i}",
                    copy => copy["properties"]!["customRules"]!["rules"]![r]!["matchConditions"]!.AsArray().RemoveAt(index));
            }
        }
    }

    private static bool IsOfTheEdge(JsonObject resource) =>
        (string?)resource["type"] is { } type && (type.StartsWith(Profiles, StringComparison.Ordinal) || type.StartsWith("Microsoft.Network/FrontDoor", StringComparison.Ordinal));

    private static IEnumerable<string?> Patterns(JsonObject resource) =>
        resource["properties"]?["patternsToMatch"]?.AsArray().Select(pattern => (string?)pattern) ?? [];

    private static string Name(JsonObject resource) => resource["name"]!.GetValue<string>();
}
