namespace ServerlessScale.Bench.Orders;

/// <param name="Lag">How far the replicas are behind.</param>
/// <param name="Plain">Reads without the write's consistency token.</param>
/// <param name="WithToken">Reads with it.</param>
internal sealed record ReplicaLagRow(TimeSpan Lag, ReadBack Plain, ReadBack WithToken);

/// <param name="MissedShare">Reads that did not find what was placed just before.</param>
/// <param name="MedianMilliseconds">Of all reads, found or not.</param>
internal sealed record ReadBack(double MissedShare, double MedianMilliseconds);
