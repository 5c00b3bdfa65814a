using ServerlessScale.Local.Lab.Starts;

namespace ServerlessScale.ColdStart.Measuring;

/// <summary>A measured cold start of a subject, which is a published variant of an app.</summary>
/// <param name="Round">The round number, starting at 1. In each round, every subject is started once, in random order.</param>
/// <param name="Subject">The subject's name.</param>
internal sealed record Sample(int Round, string Subject, StartTimes Times, StartCounts Counts);
