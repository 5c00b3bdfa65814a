using System.Text.Json.Serialization;

namespace ServerlessScale.StrictCosmos.Query;

/// <summary>The text form of <see cref="Continuation"/>; values are raw JSON, an empty text for undefined.</summary>
internal sealed record ContinuationText(IReadOnlyList<string> Values, ulong Number, int? Remaining);

[JsonSerializable(typeof(ContinuationText))]
internal sealed partial class ContinuationJson : JsonSerializerContext;
