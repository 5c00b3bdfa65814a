using System.Text.Json.Serialization;
using ServerlessScale.Shared.Problems;

namespace ServerlessScale.Functions.Http;

/// <summary>The JSON form of a problem document: the members of RFC 9457 section 3.1 in the RFC's order, then extension members.</summary>
internal sealed record ProblemDocument(string Type, string Title, int Status, string Detail, string Instance)
{
    public string? Pointer { get; init; }

    [JsonExtensionData]
    public IDictionary<string, object?>? Extensions { get; set; }

    /// <param name="problem">The problem to describe.</param>
    /// <param name="invocationId">The id to put into <c>instance</c>. It identifies the log entries of this occurrence.</param>
    public static ProblemDocument Of(Problem problem, string invocationId) =>
        new(problem.Type, problem.Title, problem.Status, problem.Detail, InstanceOf(invocationId))
        {
            Pointer = problem.Pointer,
            Extensions = problem.Extensions is { Count: > 0 } extensions
                ? new Dictionary<string, object?>(extensions, StringComparer.Ordinal)
                : null,
        };

    // RFC 9457 defines "instance" as a URI reference. The host's invocation ids are UUIDs and become a URN. Any other id becomes a
    // fragment.
    private static string InstanceOf(string invocationId) =>
        Guid.TryParse(invocationId, out var id) ? $"urn:uuid:{id}" : $"#{Uri.EscapeDataString(invocationId)}";
}

/// <summary>Serializes the document and the common types of extension members without reflection.</summary>
[JsonSerializable(typeof(ProblemDocument))]
[JsonSerializable(typeof(bool))]
[JsonSerializable(typeof(int))]
[JsonSerializable(typeof(long))]
[JsonSerializable(typeof(double))]
[JsonSerializable(typeof(DateTimeOffset))]
[JsonSerializable(typeof(string[]))]
[JsonSerializable(typeof(int[]))]
[JsonSerializable(typeof(IReadOnlyList<string>))]
[JsonSerializable(typeof(IReadOnlyList<int>))]
internal sealed partial class ProblemJson : JsonSerializerContext;
