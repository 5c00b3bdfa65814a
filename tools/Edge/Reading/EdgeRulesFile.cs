using System.Text.Json;
using System.Text.Json.Serialization;
using ServerlessScale.Edge.Rules;

namespace ServerlessScale.Edge.Reading;

/// <summary>
/// Reads a rules file in three steps. First, it parses the JSON. Then it validates the JSON against infra/edge-rules.schema.json. Finally,
/// it checks the constraints that a schema cannot express.
/// </summary>
public static class EdgeRulesFile
{
    private const int ShownFaults = 10;
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    /// <summary>Reads and checks a rules file.</summary>
    /// <exception cref="EdgeRulesException">The file cannot be read or is not valid.</exception>
    public static EdgeRules Read(string path)
    {
        byte[] json;
        try
        {
            json = File.ReadAllBytes(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new EdgeRulesException($"The edge rules cannot be read: {exception.Message}", exception);
        }

        return Parse(json, path);
    }

    /// <summary>Parses and checks the text of a rules file.</summary>
    /// <param name="json">The rules as UTF-8.</param>
    /// <param name="path">The file name to use in error messages.</param>
    /// <exception cref="EdgeRulesException">The rules are not valid.</exception>
    public static EdgeRules Parse(byte[] json, string path)
    {
        try
        {
            using var document = JsonDocument.Parse(json, Strict);
            var faults = EdgeRulesSchema.FaultsOf(document.RootElement).ToList();
            if (faults.Count > 0)
            {
                throw Refusal(path, json, faults);
            }

            var rules = document.RootElement.Deserialize(EdgeRulesJson.Default.EdgeRules)!;
            faults = [.. EdgeRulesCheck.FaultsOf(rules)];
            return faults.Count == 0 ? rules : throw Refusal(path, json, faults);
        }
        catch (JsonException exception)
        {
            // The parser reports no line number for a duplicate member.
            var line = exception.LineNumber is { } number ? $"({number + 1})" : "";
            throw new EdgeRulesException($"{path}{line}: the file is not valid JSON: {exception.Message}", exception);
        }
    }

    private static EdgeRulesException Refusal(string path, byte[] json, List<RuleFault> faults)
    {
        var lines = new JsonLines(json);
        var shown = faults
            .Select(fault => (Line: lines.Of(fault.Pointer), fault.Pointer, fault.Message))
            .OrderBy(fault => fault.Line)
            .Take(ShownFaults)
            .Select(fault => $"{path}({fault.Line}): {fault.Pointer}: {fault.Message}");
        var rest = faults.Count > ShownFaults ? $"{Environment.NewLine}... and {faults.Count - ShownFaults} more." : "";
        return new EdgeRulesException(string.Join(Environment.NewLine, shown) + rest);
    }
}

/// <summary>Thrown if a rules file cannot be read or is not valid. The message names the file, the line and the allowed values.</summary>
public sealed class EdgeRulesException(string message, Exception? innerException = null) : Exception(message, innerException);

/// <summary>A mistake in a rules file.</summary>
/// <param name="Pointer">The JSON Pointer (RFC 6901) to the invalid value.</param>
/// <param name="Message">A description of the mistake and of the allowed values.</param>
internal sealed record RuleFault(string Pointer, string Message);

[JsonSerializable(typeof(EdgeRules))]
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    AllowOutOfOrderMetadataProperties = true)]
internal sealed partial class EdgeRulesJson : JsonSerializerContext;
