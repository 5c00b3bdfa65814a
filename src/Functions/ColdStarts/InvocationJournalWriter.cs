using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ServerlessScale.Shared.ColdStarts;

namespace ServerlessScale.Functions.ColdStarts;

/// <summary>Stores invocation records in the background: every two seconds while the app runs, and once more when the app stops.</summary>
internal sealed partial class InvocationJournalWriter(
    InvocationJournal journal, TimeProvider time, ILogger<InvocationJournalWriter> logger) : BackgroundService, IHostedLifecycleService
{
    private static readonly TimeSpan FlushInterval = TimeSpan.FromSeconds(2);

    /// <summary>The time limit for the last flush. The Functions host kills a worker that needs more than a few seconds to stop.</summary>
    private static readonly TimeSpan LastFlushLimit = TimeSpan.FromSeconds(3);

    /// <summary>
    /// The interval at which records are moved out of the journal's channel. It is so short that the channel does not overflow even at tens
    /// of thousands of invocations per second.
    /// </summary>
    private static readonly TimeSpan CollectInterval = TimeSpan.FromMilliseconds(200);

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Stores the remaining records. The web server has already stopped, so no further invocation can be recorded.</summary>
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
            // The app is stopping. StoppedAsync stores the remaining records.
        }
    }

    // Collecting runs in a separate loop, because a flush takes a long time while storage is down. The channel would overflow if nothing
    // emptied it during the flush.
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
        using var timer = new PeriodicTimer(FlushInterval, time);
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
            // A failure to store diagnostics must not stop the app. The journal retains the records for the next flush.
            FlushFailed(exception, journal.Dropped);
        }
    }

    [LoggerMessage(
        LogLevel.Warning, "Invocation records could not be stored. The next flush will retry. {Dropped} records have been dropped so far.")]
    private partial void FlushFailed(Exception exception, long dropped);
}
