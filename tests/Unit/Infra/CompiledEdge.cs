using System.Text.Json.Nodes;

namespace ServerlessScale.Tests.Unit.Infra;

/// <summary>Converts the edge rules in a compiled template back to the format of edge-rules.json.</summary>
internal sealed class CompiledEdge(Installation installation)
{
    private const string Profiles = "Microsoft.Cdn/profiles/";

    public JsonObject Firewall
    {
        get
        {
            var policy = installation.Of("Microsoft.Network/FrontDoorWebApplicationFirewallPolicies").Single()["properties"]!;
            // ImageBodies only skips the managed rules, which LocalCloud's edge does not have, so the rules file does not contain it.
            var rules = policy["customRules"]!["rules"]!.AsArray().Where(rule => rule!["name"]!.GetValue<string>() != "ImageBodies").Select(rule =>
            {
                var converted = WithoutNulls(rule!.AsObject());
                converted["matchConditions"] = new JsonArray([.. rule["matchConditions"]!.AsArray().Select(condition => WithoutDefaults(condition!.AsObject()))]);
                return converted;
            });
            return new JsonObject { ["mode"] = policy["policySettings"]!["mode"]!.DeepClone(), ["customRules"] = new JsonArray([.. rules]) };
        }
    }

    public JsonArray RuleSets =>
    [
        .. installation.Of(Profiles + "ruleSets").Select(set =>
        {
            var rules = installation.Of(Profiles + "ruleSets/rules").Where(rule => Name(rule, 1) == Name(set)).Select(rule => new JsonObject
            {
                ["name"] = Name(rule),
                ["order"] = rule["properties"]!["order"]!.DeepClone(),
                ["conditions"] = Untyped(rule["properties"]!["conditions"]!),
                ["actions"] = Untyped(rule["properties"]!["actions"]!),
                ["matchProcessingBehavior"] = rule["properties"]!["matchProcessingBehavior"]!.DeepClone(),
            });
            return new JsonObject { ["name"] = Name(set), ["rules"] = new JsonArray([.. rules]) };
        }),
    ];

    /// <summary>
    /// Front Door's routes. Each route contains its app and the name of the corresponding route in the rules file.
    /// </summary>
    public IReadOnlyList<CompiledRoute> Routes =>
    [
        .. installation.Of(Profiles + "afdEndpoints/routes").Select(route =>
        {
            var properties = route["properties"]!;
            var name = Name(route).Split('-');
            return new CompiledRoute(
                name[0],
                name[1],
                [.. properties["patternsToMatch"]!.AsArray().Select(pattern => pattern!.GetValue<string>())],
                Last(properties["originGroup"]!["id"]!),
                [.. properties["ruleSets"]!.AsArray().Select(set => Last(set!["id"]!))],
                properties["cacheConfiguration"] is JsonObject cache ? WithoutNulls(cache) : null);
        }),
    ];

    /// <summary>The origin groups' settings in the format of edge-rules.json, by group name.</summary>
    public IReadOnlyDictionary<string, JsonObject> OriginGroups => installation.Of(Profiles + "originGroups").ToDictionary(
        group => Name(group),
        group =>
        {
            var balancing = group["properties"]!["loadBalancingSettings"]!;
            var probe = group["properties"]!["healthProbeSettings"];
            var origins = installation.Of(Profiles + "originGroups/origins").Where(origin => Name(origin, 1) == Name(group)).Select(origin => new JsonObject
            {
                ["name"] = Name(origin),
                ["weight"] = origin["properties"]!["weight"]!.DeepClone(),
                ["priority"] = origin["properties"]!["priority"]!.DeepClone(),
                ["enabled"] = origin["properties"]!["enabledState"]!.GetValue<string>() == "Enabled",
            });
            return new JsonObject
            {
                ["loadBalancing"] = balancing.DeepClone(),
                ["healthProbe"] = probe is null
                    ? null
                    : new JsonObject
                    {
                        ["path"] = probe["probePath"]!.DeepClone(),
                        ["intervalInSeconds"] = probe["probeIntervalInSeconds"]!.DeepClone(),
                        ["protocol"] = probe["probeProtocol"]!.DeepClone(),
                        ["method"] = probe["probeRequestType"]!.DeepClone(),
                    },
                ["origins"] = new JsonArray([.. origins]),
            };
        });

    /// <summary>The name and the type name of each condition and action.</summary>
    public IEnumerable<(string Name, string TypeName)> Types => installation.Of(Profiles + "ruleSets/rules")
        .SelectMany(rule => rule["properties"]!["conditions"]!.AsArray().Concat(rule["properties"]!["actions"]!.AsArray()))
        .Select(part => (part!["name"]!.GetValue<string>(), part["parameters"]!["typeName"]!.GetValue<string>()));

    private static JsonArray Untyped(JsonNode parts) =>
    [
        .. parts.AsArray().Select(part =>
        {
            var converted = part!.DeepClone().AsObject();
            converted["parameters"]!.AsObject().Remove("typeName");
            return converted;
        }),
    ];

    private static JsonObject WithoutNulls(JsonObject item) =>
        new(item.Where(property => property.Value is not null).Select(property => KeyValuePair.Create(property.Key, property.Value?.DeepClone())));

    private static JsonObject WithoutDefaults(JsonObject condition)
    {
        var converted = WithoutNulls(condition);
        if (!converted["negateCondition"]!.GetValue<bool>())
        {
            converted.Remove("negateCondition");
        }

        if (converted["transforms"]!.AsArray().Count == 0)
        {
            converted.Remove("transforms");
        }

        return converted;
    }

    private static string Last(JsonNode id) => id.GetValue<string>().Split('/')[^1];

    private static string Name(JsonObject resource, int up = 0) => resource["name"]!.GetValue<string>().Split('/')[^(1 + up)];
}

internal sealed record CompiledRoute(
    string Name, string App, IReadOnlyList<string> Paths, string OriginGroup, IReadOnlyList<string> RuleSets, JsonObject? Cache);
