using ServerlessScale.Local.Scaling;

namespace ServerlessScale.Bench.Burst;

/// <summary>What happened; all times are since the burst began.</summary>
internal sealed record BurstRecord(IReadOnlyList<TimedSample> Samples, IReadOnlyList<TimedAnswer> Answers, TimeSpan Duration);

/// <summary>One look at the scaling.</summary>
internal sealed record TimedSample(TimeSpan At, ScaleSample Scale);

/// <param name="Due">When it was to be sent.</param>
/// <param name="Latency">From then to the complete answer.</param>
/// <param name="Status">The HTTP status.</param>
/// <param name="IsUpload">Otherwise a read.</param>
/// <param name="IsCold">Whether it was the first of its process.</param>
/// <param name="Instance">The process that answered.</param>
internal sealed record TimedAnswer(TimeSpan Due, TimeSpan Latency, int Status, bool IsUpload, bool IsCold, string Instance);
