namespace ServerlessScale.StrictCosmos.Metering;

/// <param name="Requests">Round trips, throttled ones included.</param>
/// <param name="RequestUnits">RU charged.</param>
/// <param name="Throttled">Round trips that were answered with 429.</param>
public readonly record struct MeterReading(long Requests, double RequestUnits, long Throttled);
