namespace ServerlessScale.ColdStart.Remote;

/// <summary>The responses to requests that were sent at the same time.</summary>
internal sealed record Burst(IReadOnlyList<RemoteResponse> Responses)
{
    public int Cold => Responses.Count(response => response.Cold);

    public int Failed => Responses.Count(response => response.Status != 200);

    /// <summary>The number of instances that responded.</summary>
    public int Instances => Responses.Select(response => response.Instance).Where(instance => instance is not null).Distinct().Count();

    /// <param name="app">The app.</param>
    /// <param name="parallel">The number of requests.</param>
    /// <param name="cancellationToken">Stops the burst.</param>
    public static async Task<Burst> SendAsync(RemoteApp app, int parallel, CancellationToken cancellationToken)
    {
        var start = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var requests = Enumerable.Range(0, parallel).Select(async _ =>
        {
            await start.Task;
            return await app.SendAsync(cancellationToken);
        }).ToArray();
        start.SetResult();
        return new(await Task.WhenAll(requests));
    }
}
