using System.Text.Json.Serialization;
using ServerlessScale.Local.Lab.Experiments;
using ServerlessScale.Local.Lab.State;

namespace ServerlessScale.Local.Lab.Http;

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, NumberHandling = JsonNumberHandling.Strict,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(ExperimentList))]
[JsonSerializable(typeof(LabEvent))]
[JsonSerializable(typeof(LabState))]
[JsonSerializable(typeof(ProblemDocument))]
[JsonSerializable(typeof(RunRequest))]
[JsonSerializable(typeof(RunState))]
[JsonSerializable(typeof(IReadOnlyList<RunState>))]
[JsonSerializable(typeof(Session))]
internal sealed partial class LabJson : JsonSerializerContext;

/// <summary>The response of <c>GET /_local/experiments</c>, in the order of docs/scaling.md.</summary>
internal sealed record ExperimentList(IReadOnlyList<ExperimentDescription> Experiments);

/// <summary>The response of <c>GET /_local/session</c>.</summary>
/// <param name="Token">The bearer token for all other endpoints.</param>
internal sealed record Session(string Token);

/// <summary>The optional body of <c>POST /_local/experiments/{name}/runs</c>.</summary>
internal sealed record RunRequest
{
    /// <summary>The values of options, as text. Options that are not given have their default.</summary>
    public IReadOnlyDictionary<string, string>? Options { get; init; }
}
