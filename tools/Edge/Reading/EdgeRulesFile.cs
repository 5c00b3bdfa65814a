using System.Text.Json;
using ServerlessScale.Edge.Rules;

namespace ServerlessScale.Edge.Reading;

/// <summary>Reads a rules file: JSON, then what the schema says, then what no schema can say.</summary>
public static class EdgeRulesFile
{
    private const int ShownFaults = 10;
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    /// <exception cref="EdgeRulesException">The file cannot be read, or is not valid: the message names file and line, and says what is allowed.</exception>
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

    /// <param name="json">UTF-8.</param>
    /// <param name="path">For messages.</param>
    /// <exception cref="EdgeRulesException">The text is not valid.</exception>
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
            // A member that is said twice is reported without its place.
            var line = exception.LineNumber is { } number ? $"({number + 1})" : "";
            throw new EdgeRulesException($"{path}{line}: this is not JSON that can be used: {exception.Message}", exception);
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

/// <summary>A rules file cannot be read or is not valid. The message is for people: it names file and line, and says what is allowed.</summary>
public sealed class EdgeRulesException(string message, Exception? innerException = null) : Exception(message, innerException);
