namespace ServerlessScale.FunctionHost.Workers;

internal enum InvocationStatus
{
    Succeeded,
    Failed,
    Cancelled,

    /// <summary>The worker ended before it answered; nobody knows how far it got.</summary>
    WorkerLost,

    /// <summary>Past host.json's functionTimeout; the worker is restarted, as in Azure.</summary>
    TimedOut,
}

/// <param name="Error">What the function threw, for the log.</param>
internal sealed record InvocationOutcome(InvocationStatus Status, string? Error = null)
{
    public static readonly InvocationOutcome Success = new(InvocationStatus.Succeeded);
}
