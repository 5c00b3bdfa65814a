using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ServerlessScale.Shared.ColdStarts;

namespace ServerlessScale.Functions.ColdStarts;

/// <summary>Stores the journal in the background: every two seconds while there is something to store, and at the end.</summary>
internal sealed partial class InvocationJournalWriter(
    InvocationJournal journal, TimeProvider time, ILogger<InvocationJournalWriter> logger) : BackgroundService, IHostedLifecycleService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    /// <summary>The host gives a worker a few seconds to end before it kills it.</summary>
    private static readonly TimeSpan LastFlushLimit = TimeSpan.FromSeconds(3);

    /// <summary>Short enough that the channel does not fill at tens of thousands of invocations a second.</summary>
    private static readonly TimeSpan CollectInterval = TimeSpan.FromMilliseconds(200);

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>After the web server has stopped, when no invocation is left that could still be recorded.</summary>
    public async Task StoppedAsync(CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(LastFlushLimit);
        await FlushAsync(limit.Token);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await Task.WhenAll(CollectAsync(stoppingToken), FlushRepeatedlyAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The last flush comes when all else has stopped.
        }
    }

    // Apart from the flushes, which take long while storage is down.
    private async Task CollectAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            await journal.WaitAsync(stoppingToken);
            journal.Collect();
            await Task.Delay(CollectInterval, time, stoppingToken);
        }
    }

    private async Task FlushRepeatedlyAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            await FlushAsync(stoppingToken);
        }
    }

    private async Task FlushAsync(CancellationToken cancellationToken)
    {
        try
        {
            await journal.FlushAsync(cancellationToken);
        }
        catch (Exception exception)
        {
            // Diagnostics must not bring the app down. What was not stored is tried again.
            NotStored(exception, journal.Dropped);
        }
    }

    [LoggerMessage(LogLevel.Warning, "Invocations could not be stored and are kept for the next try; {Dropped} were dropped so far.")]
    private partial void NotStored(Exception exception, long dropped);
}
