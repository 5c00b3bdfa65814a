namespace ServerlessScale.ColdStart.Remote;

/// <summary>What requests that came at the same time met.</summary>
internal sealed record Burst(IReadOnlyList<RemoteAnswer> Answers)
{
    public int Cold => Answers.Count(answer => answer.Cold);

    public int Failed => Answers.Count(answer => answer.Status != 200);

    /// <summary>Instances that answered.</summary>
    public int Instances => Answers.Select(answer => answer.Instance).Where(instance => instance is not null).Distinct().Count();

    /// <param name="app">The app.</param>
    /// <param name="parallel">How many.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task<Burst> SendAsync(RemoteApp app, int parallel, CancellationToken cancellationToken)
    {
        var start = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var requests = Enumerable.Range(0, parallel).Select(async _ =>
        {
            await start.Task;
            return await app.AskAsync(cancellationToken);
        }).ToArray();
        start.SetResult();
        return new(await Task.WhenAll(requests));
    }
}
