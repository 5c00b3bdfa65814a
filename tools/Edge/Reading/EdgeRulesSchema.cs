using System.Globalization;
using System.Text.Json;
using Json.Pointer;
using Json.Schema;

namespace ServerlessScale.Edge.Reading;

/// <summary>
/// Validates rules against infra/edge-rules.schema.json, which editors also use, and turns the results into readable messages.
/// </summary>
internal static class EdgeRulesSchema
{
    private static readonly JsonElement Text = ReadText();
    private static readonly JsonSchema Schema = JsonSchema.FromText(Text.GetRawText());
    private static readonly EvaluationOptions AllFaults = new() { OutputFormat = OutputFormat.List };

    public static IEnumerable<RuleFault> FaultsOf(JsonElement rules)
    {
        var results = Schema.Evaluate(rules, AllFaults);
        if (results.IsValid)
        {
            return [];
        }

        return from detail in results.Details ?? []
               where !IsCondition(detail.EvaluationPath)
               from error in detail.Errors ?? []
               let pointer = detail.InstanceLocation.ToString()
               select new RuleFault(pointer, Message(error.Key, error.Value, detail, rules));
    }

    /// <summary>
    /// Returns whether a result comes from inside an <c>if</c>. Such results are ignored, because an <c>if</c> that does not match is not a
    /// mistake.
    /// </summary>
    private static bool IsCondition(JsonPointer evaluationPath) => $"{evaluationPath}/".Contains("/if/", StringComparison.Ordinal);

    private static string Message(string keyword, string text, EvaluationResults detail, JsonElement rules)
    {
        var (schema, around) = Follow(detail.EvaluationPath);
        return keyword switch
        {
            // JsonSchema.Net reports a violation of "additionalProperties": false with an empty keyword.
            "" => $"the member is not known; allowed: {Properties(around)}.",
            "enum" => $"{Value(detail, rules)} is not known; allowed: {List(schema.GetProperty("enum"))}.",
            "pattern" => $"{Value(detail, rules)} is not allowed{Hint(schema)}; it must match {schema.GetProperty("pattern").GetString()}.",
            _ => $"{text.TrimEnd('.')}{Hint(schema)}.",
        };
    }

    /// <returns>The schema at the end of the path, and the innermost enclosing schema that lists properties.</returns>
    private static (JsonElement Schema, JsonElement Around) Follow(JsonPointer evaluationPath)
    {
        var (schema, around) = (Text, Text);
        foreach (var segment in evaluationPath.ToString().Split('/').Skip(1))
        {
            if (schema.ValueKind == JsonValueKind.Object && schema.TryGetProperty("properties", out _))
            {
                around = schema;
            }

            schema = schema switch
            {
                { ValueKind: JsonValueKind.Array } => schema[int.Parse(segment, CultureInfo.InvariantCulture)],
                _ when segment == "$ref" => JsonPointer.Parse(schema.GetProperty("$ref").GetString()![1..]).Evaluate(Text)!.Value,
                _ when schema.TryGetProperty(segment, out var next) => next,

                // JsonSchema.Net repeats the "items" segment, so the second one is skipped.
                _ => schema,
            };
        }

        return (schema, around);
    }

    private static string Properties(JsonElement schema) =>
        string.Join(", ", schema.GetProperty("properties").EnumerateObject().Select(property => property.Name));

    private static string List(JsonElement values) => string.Join(", ", values.EnumerateArray());

    private static string Hint(JsonElement schema) =>
        schema.ValueKind == JsonValueKind.Object && schema.TryGetProperty("description", out var description)
            ? $" ({description.GetString()!.TrimEnd('.')})"
            : "";

    private static string Value(EvaluationResults detail, JsonElement rules) => detail.InstanceLocation.Evaluate(rules)?.GetRawText() ?? "";

    private static JsonElement ReadText()
    {
        using var stream = typeof(EdgeRulesSchema).Assembly.GetManifestResourceStream("edge-rules.schema.json")!;
        using var document = JsonDocument.Parse(stream);
        return document.RootElement.Clone();
    }
}
