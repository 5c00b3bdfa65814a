namespace ServerlessScale.StrictCosmos.Control;

/// <param name="Milliseconds">Added to every request that concerns items.</param>
internal sealed record LatencyOrder(double Milliseconds);
