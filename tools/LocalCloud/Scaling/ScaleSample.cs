namespace ServerlessScale.Local.Scaling;

/// <summary>One look at the scaling, for plots.</summary>
/// <param name="Instances">Those that run or start.</param>
/// <param name="Ready">Those that take requests.</param>
/// <param name="Requests">HTTP requests without a complete answer.</param>
/// <param name="Messages">Messages that wait in all queues together.</param>
/// <param name="Wanted">How many instances were decided on.</param>
public sealed record ScaleSample(int Instances, int Ready, int Requests, int Messages, int Wanted);
