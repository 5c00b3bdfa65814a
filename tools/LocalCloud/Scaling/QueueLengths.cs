using Azure;
using Azure.Storage.Queues;
using ServerlessScale.FunctionHost.Metadata;

namespace ServerlessScale.Local.Scaling;

/// <summary>Reads the lengths of the queues that trigger an app's functions.</summary>
internal sealed class QueueLengths
{
    private readonly QueueClient[] _queues;

    private QueueLengths(QueueClient[] queues) => _queues = queues;

    /// <summary>
    /// Finds the queues that trigger enabled functions. The functions are read from the build output, because an app that is
    /// scaled to zero has no instance that could list them.
    /// </summary>
    /// <param name="appDirectory">The function app's build output.</param>
    /// <param name="settings">The app settings, which contain the connection strings that the triggers refer to.</param>
    /// <exception cref="LocalCloudException">The settings do not contain the connection string for a queue.</exception>
    public static QueueLengths Read(string appDirectory, IReadOnlyDictionary<string, string> settings) => new(
    [
        .. FunctionsMetadata.Read(appDirectory)
            .Where(function => !FunctionSwitch.IsOff(function.Name, settings.GetValueOrDefault))
            .Select(function => function.Trigger)
            .OfType<QueueTrigger>()
            .Select(trigger => new QueueClient(
                settings.GetValueOrDefault(trigger.Connection)
                    ?? throw new LocalCloudException(
                        $"The {trigger.QueueName} queue needs a connection string in the {trigger.Connection} setting."),
                trigger.QueueName)),
    ]);

    /// <summary>The names of the queues.</summary>
    public IEnumerable<string> Names => _queues.Select(queue => queue.Name);

    /// <summary>
    /// Returns the number of messages in each queue. Like the SDK's own scaler, it returns zero for a queue without visible messages.
    /// </summary>
    public async Task<IReadOnlyDictionary<string, int>> CountAsync(CancellationToken cancellationToken)
    {
        var counts = await Task.WhenAll(_queues.Select(queue => CountAsync(queue, cancellationToken)));
        return _queues.Zip(counts).ToDictionary(pair => pair.First.Name, pair => pair.Second);
    }

    /// <summary>
    /// Returns the number of messages in each queue, including those that are being processed or that wait for their next attempt. A queue
    /// that does not exist yet has none.
    /// </summary>
    public async Task<IReadOnlyDictionary<string, int>> CountAllAsync(CancellationToken cancellationToken)
    {
        var counts = await Task.WhenAll(_queues.Select(async queue =>
        {
            try
            {
                return (await queue.GetPropertiesAsync(cancellationToken)).Value.ApproximateMessagesCount;
            }
            catch (RequestFailedException exception) when (exception.Status == 404)
            {
                return 0;
            }
        }));
        return _queues.Zip(counts).ToDictionary(pair => pair.First.Name, pair => pair.Second);
    }

    private static async Task<int> CountAsync(QueueClient queue, CancellationToken cancellationToken)
    {
        try
        {
            var count = (await queue.GetPropertiesAsync(cancellationToken)).Value.ApproximateMessagesCount;
            // The count includes invisible messages, such as the next attempt to deliver a webhook. That attempt may be due only a day
            // later, and must not keep an instance running for so long.
            return count > 0 && (await queue.PeekMessageAsync(cancellationToken)).Value is null ? 0 : count;
        }
        catch (RequestFailedException exception) when (exception.Status == 404)
        {
            // The queue does not exist yet, because it is created when its first message is sent.
            return 0;
        }
    }
}
