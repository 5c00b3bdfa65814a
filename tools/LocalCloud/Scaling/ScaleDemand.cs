namespace ServerlessScale.Local.Scaling;

/// <summary>What waits or is in work.</summary>
/// <param name="Requests">HTTP requests without a complete answer.</param>
/// <param name="Messages">By queue, how many can be taken.</param>
/// <param name="Invocations">Invocations that workers have in work.</param>
internal sealed record ScaleDemand(int Requests, IReadOnlyDictionary<string, int> Messages, int Invocations)
{
    public bool IsIdle => Requests == 0 && Invocations == 0 && Messages.Values.All(count => count == 0);
}
