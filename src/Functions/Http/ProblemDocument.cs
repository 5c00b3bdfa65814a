using System.Text.Json.Serialization;
using ServerlessScale.Shared.Problems;

namespace ServerlessScale.Functions.Http;

/// <summary>The members of a problem document on the wire, in the order of RFC 9457 section 3.1, then the extensions.</summary>
internal sealed record ProblemDocument(string Type, string Title, int Status, string Detail, string Instance)
{
    public string? Pointer { get; init; }

    [JsonExtensionData]
    public IDictionary<string, object?>? Extensions { get; set; }

    /// <param name="problem">What was wrong.</param>
    /// <param name="invocationId">Names this occurrence (<c>instance</c>), so that support finds it in the logs.</param>
    public static ProblemDocument Of(Problem problem, string invocationId) =>
        new(problem.Type, problem.Title, problem.Status, problem.Detail, InstanceOf(invocationId))
        {
            Pointer = problem.Pointer,
            Extensions = problem.Extensions is { Count: > 0 } extensions
                ? new Dictionary<string, object?>(extensions, StringComparer.Ordinal)
                : null,
        };

    // "instance" is a URI reference: the host's invocation ids are UUIDs; anything else becomes a fragment.
    private static string InstanceOf(string invocationId) =>
        Guid.TryParse(invocationId, out var id) ? $"urn:uuid:{id}" : $"#{Uri.EscapeDataString(invocationId)}";
}
