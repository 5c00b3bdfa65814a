namespace ServerlessScale.ColdStart.Remote;

/// <summary>Cold starts of a running app that really were cold, and how many others were dropped.</summary>
internal sealed record ColdSampling(IReadOnlyList<RemoteAnswer> Cold, int Dropped)
{
    /// <summary>An app that is never cold must not be asked for ever.</summary>
    private const int TriesForEach = 3;

    /// <param name="app">The app.</param>
    /// <param name="runs">Cold starts that are wanted.</param>
    /// <param name="makeCold">Idles or restarts it.</param>
    /// <param name="seen">Gets each answer, and whether it counts.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task<ColdSampling> TakeAsync(
        RemoteApp app, int runs, Func<CancellationToken, Task> makeCold, Action<RemoteAnswer, bool> seen, CancellationToken cancellationToken)
    {
        // Whoever answers first may have been warm or cold for reasons of its own.
        var instances = new HashSet<string?> { (await app.AskAsync(cancellationToken)).Instance };
        var cold = new List<RemoteAnswer>();
        var tries = 0;
        for (; cold.Count < runs && tries < runs * TriesForEach; tries++)
        {
            await makeCold(cancellationToken);
            var answer = await app.AskAsync(cancellationToken);
            var counts = answer is { Status: 200, Cold: true, Instance: not null } && instances.Add(answer.Instance);
            if (counts)
            {
                cold.Add(answer);
            }

            seen(answer, counts);
        }

        return new(cold, tries - cold.Count);
    }
}
