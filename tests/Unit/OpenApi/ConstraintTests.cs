using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;
using ServerlessScale.Functions.Catalogue;
using ServerlessScale.Functions.Http;
using ServerlessScale.Local.Build;
using ServerlessScale.Shared;
using ServerlessScale.Shared.Catalogue;
using ServerlessScale.Shared.Idempotency;
using ServerlessScale.Shared.Orders;
using ServerlessScale.Shared.Paging;
using ServerlessScale.Shared.Webhooks;
using ServerlessScale.Shared.Webhooks.Deliveries;
using ServerlessScale.Shared.Webhooks.Endpoints;

namespace ServerlessScale.Tests.Unit.OpenApi;

/// <summary>
/// Compares every constraint in the API description with the code that enforces the constraint: the code accepts the last allowed value, and
/// refuses the next one with a pointer to the member.
/// </summary>
public sealed class ConstraintTests
{
    private static readonly JsonObject Description = JsonNode.Parse(File.ReadAllText(
        Path.Combine(FunctionAppBuild.FindNewest(Repository.FindRoot(AppContext.BaseDirectory)!), "openapi.json")))!.AsObject();

    private static readonly string[] Keywords =
        ["minimum", "maximum", "minLength", "maxLength", "minItems", "maxItems", "maxProperties", "enum", "pattern", "propertyNames", "additionalProperties"];

    /// <summary>The members whose pattern describes only the characters. A value that matches the pattern can still be refused.</summary>
    private static readonly string[] WithFurtherRules = ["/currency", "/url"];

    /// <summary>The parameters that have constraints, with the code that accepts their values.</summary>
    private static readonly Dictionary<string, Func<string, bool>> Parameters = new()
    {
        ["query limit"] = text => PageLimit.TryParse(text, out _, out _),
        ["query month"] = text => OrderMonth.TryParse(text, out _),
        ["query status"] = text => WireNames<DeliveryStatus>.TryParse(text, out _),
        ["query type"] = WebhookEventTypes.All.Contains,
        ["query endpoint"] = text => EndpointId.TryParse(text, out _),
        ["path sku"] = Sku.IsValid,
        ["path language"] = text => OrderStatusLabels.Find(text) is not null,
        ["header Idempotency-Key"] = text => IdempotencyKey.Parse([text]).Problem is null,
        ["header If-Match"] = text => IfMatch.Parse(text, "").Problem is null,
        ["header If-None-Match"] = text => ProductCondition.Of(new DefaultHttpContext { Request = { Headers = { IfNoneMatch = text } } }.Request).Problem is null,
    };

    private static IEnumerable<JsonObject> Operations =>
        from path in Description["paths"]!.AsObject()
        from operation in path.Value!.AsObject()
        select operation.Value!.AsObject();

    [Fact]
    public void Bodies_are_accepted_and_refused_as_described()
    {
        var components = Operations
            .Select(operation => (string?)operation["requestBody"]?["content"]?["application/json"]?["schema"]?["$ref"])
            .OfType<string>()
            .Distinct()
            .ToList();
        var (checkedCount, differences) = (0, new List<string>());
        foreach (var name in components.Select(reference => reference.Split('/')[^1]))
        {
            foreach (var (pointer, schema) in Members(Component(name), ""))
            {
                // "additionalProperties": false states that a body has no other members, which other tests cover.
                foreach (var keyword in schema.Where(member => member.Value is not JsonValue || member.Key != "additionalProperties").Select(member => member.Key).Where(Keywords.Contains))
                {
                    var body = ConstrainedBody.All.GetValueOrDefault(name) ?? throw new InvalidOperationException($"Add the body {name} to {nameof(ConstrainedBody)}.");
                    differences.AddRange(Differences(body, pointer, schema, keyword).Select(difference => $"{name}{pointer} {keyword}: {difference}"));
                    checkedCount++;
                }
            }
        }

        Assert.True(differences.Count == 0, string.Join('\n', differences));
        Assert.True(checkedCount > 40, $"Only {checkedCount} constraints were found.");
    }

    [Fact]
    public void Parameters_are_accepted_and_refused_as_described()
    {
        var constrained =
            from operation in Operations
            from parameter in operation["parameters"]?.AsArray() ?? []
            let schema = parameter["schema"]!.AsObject()
            where schema.Any(member => Keywords.Contains(member.Key))
            select (Name: $"{parameter["in"]} {parameter["name"]}", Schema: schema);
        var found = constrained.DistinctBy(parameter => parameter.Name).ToList();

        Assert.Equal(Parameters.Keys.Order(StringComparer.Ordinal), found.Select(parameter => parameter.Name).Order(StringComparer.Ordinal));
        Assert.All(found, parameter => Assert.Empty(
            from text in Samples()
            let described = Allows(parameter.Schema, text)
            where described != Parameters[parameter.Name](text) && !(parameter.Name.StartsWith("header", StringComparison.Ordinal) && !described)
            select $"{parameter.Name}: the code {(described ? "refuses" : "accepts")} '{text}'"));
    }

    /// <summary>
    /// The code is more tolerant than the description of headers: it accepts some values that no client should send, such as an entity tag
    /// with a space. The description must still exclude the values that the code certainly refuses.
    /// </summary>
    [Theory]
    [InlineData("Idempotency-Key", "")]
    [InlineData("Idempotency-Key", "Grüße")]
    [InlineData("Idempotency-Key", "a, b")]
    [InlineData("Idempotency-Key", "a,")]
    [InlineData("If-Match", "*")]
    [InlineData("If-Match", "W/\"a\"")]
    [InlineData("If-Match", "a")]
    [InlineData("If-Match", "\"a\", \"b\"")]
    public void Headers_that_the_code_refuses_do_not_match(string name, string value)
    {
        var schema = Operations.SelectMany(operation => operation["parameters"]?.AsArray() ?? [])
            .First(parameter => (string)parameter!["name"]! == name && parameter["schema"]!["pattern"] is not null)!["schema"]!.AsObject();

        Assert.False(Parameters[$"header {name}"](value));
        Assert.False(Allows(schema, value));
    }

    [Fact]
    public void The_number_of_event_types_is_the_length_of_their_list() => Assert.Equal(WebhookEventTypes.Count, WebhookEventTypes.All.Count);

    private static JsonObject Component(string name) => Description["components"]!["schemas"]![name]!.AsObject();

    /// <summary>Returns the schemas of all members and elements of a body with their pointers.</summary>
    private static IEnumerable<(string Pointer, JsonObject Schema)> Members(JsonObject schema, string pointer)
    {
        foreach (var (name, member) in schema["properties"]?.AsObject() ?? [])
        {
            var place = $"{pointer}/{name}";
            yield return (place, member!.AsObject());
            if (member["items"] is JsonObject items)
            {
                var element = (string?)items["$ref"] is { } reference ? Component(reference.Split('/')[^1]) : items;
                yield return ($"{place}/0", element);
                foreach (var inner in Members(element, $"{place}/0"))
                {
                    yield return inner;
                }
            }
        }
    }

    private static IEnumerable<string> Differences(ConstrainedBody body, string pointer, JsonObject schema, string keyword)
    {
        var example = ValueAt(body.Example, pointer);
        var limit = schema[keyword] as JsonValue;
        return keyword switch
        {
            "minimum" => Bound((long)limit!, (long)limit! - 1),
            "maximum" => Bound((long)limit!, (long)limit! + 1),
            "minLength" => Bound(Text((int)limit!), Text((int)limit! - 1)),
            "maxLength" => Bound(Text((int)limit!), Text((int)limit! + 1)),
            "minItems" => Bound(Items((int)limit!), Items((int)limit! - 1)),
            "maxItems" => Bound(Items((int)limit!), Items((int)limit! + 1)),
            "maxProperties" => Bound(Object((int)limit!), Object((int)limit! + 1)),
            "enum" => schema[keyword]!.AsArray().SelectMany(value => Bound(value?.DeepClone(), "no-such-value")),
            // The code ignores white space in a secret, as its base64 decoder does. The description does not mention this.
            "pattern" => Samples((string)example!).Where(text => pointer != "/secret" || !text.Any(char.IsWhiteSpace)).SelectMany(text => Pattern(pointer, JsonValue.Create(text), Allows(schema, text))),
            "propertyNames" => Samples("X-Key").SelectMany(name => Pattern(
                PointerOf(name), new JsonObject { [name] = "value" }, Allows(schema[keyword]!.AsObject(), name))),
            "additionalProperties" => Samples("value").SelectMany(text => Pattern(
                PointerOf("X-Key"), new JsonObject { ["X-Key"] = text }, Allows(schema[keyword]!.AsObject(), text))),
            _ => throw new InvalidOperationException(keyword),
        };

        IEnumerable<string> Bound(JsonNode? accepted, JsonNode? refused) => [.. Accepted(pointer, accepted), .. Refused(pointer, refused)];

        IEnumerable<string> Pattern(string place, JsonNode value, bool allowed) =>
            !allowed ? Refused(place, value)
            : WithFurtherRules.Contains(pointer) ? []
            : Accepted(place, value);

        IEnumerable<string> Accepted(string place, JsonNode? value) => body.ProblemOf(pointer, value) is { } problem && problem.Pointer == place
            ? [$"{Short(value)} was refused: {problem.Detail}"]
            : [];

        IEnumerable<string> Refused(string place, JsonNode? value) =>
            body.ProblemOf(pointer, value) is { Status: >= 400 and < 500 } problem && problem.Pointer == place ? [] : [$"{Short(value)} was not refused"];

        JsonNode Text(int length) => TextOf((string)example!, length);

        JsonArray Items(int count) => new([.. Enumerable.Range(0, count).Select(_ => example![0]!.DeepClone())]);

        JsonObject Object(int count) => new(Enumerable.Range(0, count).Select(index => KeyValuePair.Create($"X-{index}", (JsonNode?)"value")));

        string PointerOf(string name) => $"{pointer}/{name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal)}";
    }

    private static string Short(JsonNode? value) => value?.ToJsonString() is { Length: > 60 } text ? text[..60] : value?.ToJsonString() ?? "null";

    private static JsonNode? ValueAt(JsonNode node, string pointer) => pointer.Split('/')[1..].Aggregate(
        (JsonNode?)node, (current, segment) => current is JsonArray array ? array[int.Parse(segment, null)] : current?[segment])
        ?? throw new InvalidOperationException($"The example has no value at {pointer}.");

    private static string TextOf(string example, int length) =>
        length <= example.Length ? example[..length] : example + new string(example[^1], length - example.Length);

    /// <summary>Returns texts near the border between allowed and refused texts.</summary>
    private static IEnumerable<string> Samples(string example = "a")
    {
        string[] wellFormed =
        [
            example, "mug-1", "EUR", "2026-11", "2000-01", "2999-12", "1", "100", "de", "en", "pending", "order.created", "0123456789abcdefghjkmnpqrs",
            "ep_0123456789abcdefghjk", "\"abc\"", "*", "https://example.com/a?b=c", "\"a, b\"", "\"a\\\"b\"",
            .. from bytes in (int[])[23, 24, 25, 26, 62, 63, 64, 65] select "whsec_" + Convert.ToBase64String(new byte[bytes]),
        ];
        string[] lengths = [.. from length in (int[])[0, 1, 2, 3, 25, 27, 64, 65, 255, 256, 1024, 1025] select TextOf("a", Math.Max(length, 1))[..length]];
        string[] odd =
        [
            ".", "..", "...", "0", "101", "-1", "+1", "1999-12", "3000-01", "2026-00", "2026-13", "2026-1", "eur", "euro", "a/b", "a~b", "***", "****",
            "ep_", "W/\"abc\"", "a, b", "a,", "pk_abc",
        ];
        var changed =
            from text in wellFormed
            from character in " \t\n\r\0\u001B\u007F\u0085\u00E9\u2028\"\\,/iloU"
            from place in (int[])[0, text.Length / 2, text.Length]
            select text.Insert(place, character.ToString());
        return [.. wellFormed, .. lengths, .. odd, .. changed];
    }

    private static bool Allows(JsonObject schema, string text) =>
        ((string?)schema["pattern"] is not { } pattern || Regex.IsMatch(text, AtEnd(pattern)))
        && (schema["minLength"] is not { } min || text.Length >= (int)min)
        && (schema["maxLength"] is not { } max || text.Length <= (int)max)
        && (schema["enum"] is not JsonArray values || values.Any(value => (string?)value == text))
        && (schema["minimum"] is not { } least || (Regex.IsMatch(text, @"^[0-9]+\z") && long.Parse(text, null) >= (long)least && long.Parse(text, null) <= (long)schema["maximum"]!));

    /// <summary>Converts an ECMA-262 pattern: in .NET, <c>$</c> also matches before a line break at the end.</summary>
    private static string AtEnd(string pattern) => Regex.Replace(pattern, @"\$(?=$|\)|\|)", @"\z");
}
