using Azure;
using Azure.Storage.Queues;
using ServerlessScale.FunctionHost.Metadata;

namespace ServerlessScale.Local.Scaling;

/// <summary>The queues that start functions, looked at without an instance.</summary>
internal sealed class QueueLengths
{
    private readonly QueueClient[] _queues;

    private QueueLengths(QueueClient[] queues) => _queues = queues;

    /// <summary>Finds the queues in the build output's <c>functions.metadata</c>, as the scale controller does, which runs no app either.</summary>
    /// <param name="appDirectory">The function app's build output.</param>
    /// <param name="settings">App settings, with the connections that triggers name.</param>
    /// <exception cref="LocalCloudException">The file is missing or cannot be read.</exception>
    public static QueueLengths Read(string appDirectory, IReadOnlyDictionary<string, string> settings) => new(
    [
        .. FunctionsMetadata.Read(appDirectory)
            .Where(function => !FunctionSwitch.IsOff(function.Name, settings.GetValueOrDefault))
            .Select(function => function.Trigger)
            .OfType<QueueTrigger>()
            .Select(trigger => new QueueClient(
                settings.GetValueOrDefault(trigger.Connection)
                    ?? throw new LocalCloudException($"The queue {trigger.QueueName} needs the setting {trigger.Connection}, a connection string."),
                trigger.QueueName)),
    ]);

    /// <summary>By queue, the messages that can be taken; those that are in work or put off do not count, as in the SDK's own scaler.</summary>
    public async Task<IReadOnlyDictionary<string, int>> CountAsync(CancellationToken cancellationToken)
    {
        var counts = await Task.WhenAll(_queues.Select(queue => CountAsync(queue, cancellationToken)));
        return _queues.Zip(counts).ToDictionary(pair => pair.First.Name, pair => pair.Second);
    }

    private static async Task<int> CountAsync(QueueClient queue, CancellationToken cancellationToken)
    {
        try
        {
            var count = (await queue.GetPropertiesAsync(cancellationToken)).Value.ApproximateMessagesCount;
            // The count has those that cannot be seen, too: a webhook's next attempt may be a day away, and must not keep an instance.
            return count > 0 && (await queue.PeekMessageAsync(cancellationToken)).Value is null ? 0 : count;
        }
        catch (RequestFailedException exception) when (exception.Status == 404)
        {
            // Made with the first message.
            return 0;
        }
    }
}
