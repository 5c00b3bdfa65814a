namespace ServerlessScale.ColdStart.Remote;

/// <summary>The cold starts of a running app, and the number of other responses, which were discarded.</summary>
internal sealed record ColdSampling(IReadOnlyList<RemoteResponse> Cold, int Dropped)
{
    /// <summary>The maximum number of attempts per cold start. This limit ends the sampling even if the app is never cold.</summary>
    private const int AttemptsForEach = 3;

    /// <param name="app">The app.</param>
    /// <param name="runs">The number of cold starts to measure.</param>
    /// <param name="makeCold">Waits until the app is idle, or restarts the app.</param>
    /// <param name="report">Receives each response, and whether it counts as a cold start.</param>
    /// <param name="cancellationToken">Stops the sampling.</param>
    public static async Task<ColdSampling> TakeAsync(
        RemoteApp app, int runs, Func<CancellationToken, Task> makeCold, Action<RemoteResponse, bool> report, CancellationToken cancellationToken)
    {
        // The instance that sends the first response is never counted, because it may already have been running.
        var instances = new HashSet<string?> { (await app.SendAsync(cancellationToken)).Instance };
        var cold = new List<RemoteResponse>();
        var attempts = 0;
        for (; cold.Count < runs && attempts < runs * AttemptsForEach; attempts++)
        {
            await makeCold(cancellationToken);
            var response = await app.SendAsync(cancellationToken);
            var counts = response is { Status: 200, Cold: true, Instance: not null } && instances.Add(response.Instance);
            if (counts)
            {
                cold.Add(response);
            }

            report(response, counts);
        }

        return new(cold, attempts - cold.Count);
    }
}
