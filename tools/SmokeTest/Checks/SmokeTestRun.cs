using ServerlessScale.SmokeTest.Http;
using ServerlessScale.SmokeTest.Results;

namespace ServerlessScale.SmokeTest.Checks;

/// <summary>Runs all checks one after the other, and deletes what they have created.</summary>
internal static class SmokeTestRun
{
    /// <summary>
    /// The time limit for deleting everything. It also applies after Ctrl-C, and is shorter than the time that the command then has.
    /// </summary>
    private static readonly TimeSpan CleanUpLimit = TimeSpan.FromSeconds(25);

    private static readonly Check[] All =
    [
        new("live", HealthChecks.LiveAsync),
        new("cold start", HealthChecks.ColdStartAsync),
        new("ready", HealthChecks.ReadyAsync),
        new("upload", UploadCheck.RunAsync),
        new("edge cache", EdgeChecks.CacheAsync),
        new("product", ProductChecks.CreateAsync),
        new("order", OrderChecks.ReplayAsync),
        new("delivery", DeliveryCheck.RunAsync),
        new("product change", ProductChecks.ChangeAsync),
        new("purge", EdgeChecks.PurgeAsync),
        new("locked origin", EdgeChecks.OriginAsync),
    ];

    /// <param name="options">What to test.</param>
    /// <param name="say">Shows the progress.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Stops the run. What the checks have created is deleted nevertheless.</param>
    public static async Task<IReadOnlyList<CheckResult>> RunAsync(
        SmokeTestOptions options, Action<string> say, TimeProvider time, CancellationToken cancellationToken)
    {
        using var shop = new ShopClient(options.Url, options.Token, options.Limit);
        var session = new TestSession(options, shop, time);
        List<CheckResult> results = [];
        try
        {
            foreach (var check in All)
            {
                say($"Checking: {check.Name}");
                results.Add(await RunAsync(check, session, cancellationToken));
            }
        }
        finally
        {
            say("Deleting what the checks have created.");
            using var limit = new CancellationTokenSource(CleanUpLimit, time);
            var cleanUp = await RunAsync(new("clean-up", CleanUpAsync), session, limit.Token);
            results.Add(cleanUp);
            if (cleanUp.Problem is { } problem && cancellationToken.IsCancellationRequested)
            {
                // An interrupted run has no report.
                say($"{problem.Title}: {problem.Detail}");
            }
        }

        return results;
    }

    private static async Task<CheckResult> RunAsync(Check check, TestSession session, CancellationToken cancellationToken)
    {
        var start = session.Time.GetTimestamp();
        try
        {
            var outcome = await check.RunAsync(session, cancellationToken);
            return new(check.Name, outcome.Status, outcome.Detail, Elapsed(), Problem: null);
        }
        catch (CheckFailedException failure)
        {
            return Failed(failure.Problem);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            // A response that no check expects must not hide the results of the other checks.
            return Failed(new("The check ended unexpectedly", $"{failure.GetType().Name}: {failure.Message}"));
        }

        CheckResult Failed(CheckProblem problem) => new(check.Name, CheckStatus.Failed, problem.Title, Elapsed(), problem);

        double Elapsed() => Math.Round(session.Time.GetElapsedTime(start).TotalMilliseconds, 1);
    }

    /// <summary>
    /// Deletes everything in the reverse order of creation. A failure does not prevent the other deletions. An order cannot be deleted, so it
    /// is cancelled.
    /// </summary>
    private static async Task<CheckOutcome> CleanUpAsync(TestSession session, CancellationToken cancellationToken)
    {
        List<CheckProblem> problems = [];
        foreach (var step in Enumerable.Reverse(session.Created))
        {
            try
            {
                await step.RunAsync(cancellationToken);
            }
            catch (CheckFailedException failure)
            {
                problems.Add(new($"The {step.Thing} remains", failure.Problem.Detail, failure.Problem.Pointer));
            }
            catch (OperationCanceledException)
            {
                problems.Add(new($"The {step.Thing} remains", $"The deletions took longer than {CleanUpLimit.TotalSeconds:0} s."));
            }
        }

        if (problems.Count > 0)
        {
            throw new CheckFailedException(new CheckProblem(
                string.Join(", ", problems.Select(problem => problem.Title)), string.Join(" ", problems.Select(problem => problem.Detail)), problems[0].Pointer));
        }

        var things = session.Created.GroupBy(step => step.Thing).Select(group => $"{group.Count()} {group.Key}{(group.Count() > 1 ? "s" : "")}").ToList();
        return CheckOutcome.Ok(things.Count > 0 ? $"deleted or cancelled: {string.Join(", ", things)}" : "nothing was created");
    }
}
