namespace ServerlessScale.StrictCosmos.Metering;

/// <summary>One physical partition: what lies in it and what it has done since the start.</summary>
/// <param name="Id">Of the partition key range.</param>
public sealed record PartitionReading(string Database, string Container, string Id, int Items, MeterReading Reading);
