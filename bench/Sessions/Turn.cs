namespace ServerlessScale.Bench.Sessions;

/// <summary>What one store did with one kind of request while it had its turn.</summary>
/// <param name="Request"><c>GET</c> or <c>PUT</c>.</param>
/// <param name="Elapsed">From the first request to the last answer.</param>
/// <param name="Latencies">Of each request, in no order.</param>
internal sealed record Turn(string Request, TimeSpan Elapsed, IReadOnlyList<TimeSpan> Latencies);
