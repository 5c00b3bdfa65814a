using System.Text.Json.Serialization;
using ServerlessScale.Shared.Images;

namespace ServerlessScale.Bench.Uploads;

/// <summary>One image from upload to ready.</summary>
/// <param name="Total">From sending the request until the status was seen to be ready.</param>
/// <param name="Phases">As the app itself measured them.</param>
internal sealed record Latency(TimeSpan Total, ImageTimings Phases);

/// <summary>What this bench reads of <c>POST /api/images</c> and <c>GET /api/images/{id}</c>.</summary>
internal sealed record ImageAnswer(string Id, ImageStatus Status, ImageError? Error, ImageTimings? Timings);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ImageAnswer))]
internal sealed partial class AnswerJson : JsonSerializerContext;
