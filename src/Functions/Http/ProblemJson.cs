using System.Text.Json.Serialization;

namespace ServerlessScale.Functions.Http;

/// <summary>The document, and the types that extension members usually have, without reflection.</summary>
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
