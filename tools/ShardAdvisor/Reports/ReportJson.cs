using System.Text.Json.Serialization;

namespace ServerlessScale.ShardAdvisor.Reports;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(AdvisorReport))]
internal sealed partial class ReportJson : JsonSerializerContext;
