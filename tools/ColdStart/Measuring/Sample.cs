namespace ServerlessScale.ColdStart.Measuring;

/// <summary>One cold start of one subject.</summary>
/// <param name="Round">From 1; in each round every subject is started once, in random order.</param>
/// <param name="Subject">The subject's name.</param>
internal sealed record Sample(int Round, string Subject, StartTimes Times, StartCounts Counts);
