namespace ServerlessScale.ColdStart;

/// <summary>One cold start.</summary>
/// <param name="Loading">From just before the worker process's start until it has loaded its functions.</param>
/// <param name="FirstAnswer">From sending the first request until its body was read.</param>
/// <param name="Processor">What the worker process has used of the processor by then, on all cores: hardly touched by other load.</param>
/// <param name="WorkingSet">The worker process's memory after that, in bytes.</param>
internal sealed record ColdStartTimes(TimeSpan Loading, TimeSpan FirstAnswer, TimeSpan Processor, long WorkingSet)
{
    /// <summary>What the worker costs; the host's own work between the two is no part of it.</summary>
    public TimeSpan Total => Loading + FirstAnswer;
}

/// <param name="Round">From 1; in each round every subject is started once, in random order.</param>
internal sealed record Sample(int Round, Subject Subject, ColdStartTimes Times);
