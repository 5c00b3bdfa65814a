namespace ServerlessScale.Bench.Balancing;

/// <param name="Milliseconds">From when the request was due until its answer was complete.</param>
/// <param name="IsDear">Whether it was one of those that take long by themselves.</param>
internal readonly record struct Answer(double Milliseconds, bool IsDear);
