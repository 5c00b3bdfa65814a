using System.Globalization;
using ServerlessScale.FunctionHost.Metadata;

namespace ServerlessScale.Local.Scaling;

/// <summary>The load that one instance handles concurrently, and the speed at which instances are added and removed.</summary>
internal sealed record ScaleTargets
{
    /// <summary>
    /// The number of messages from one queue that an instance handles concurrently. It is <c>extensions.queues.batchSize</c> from
    /// host.json, whose default is 16 (learn.microsoft.com/azure/azure-functions/functions-target-based-scaling).
    /// </summary>
    public int MessagesPerInstance { get; init; } = 16;

    /// <summary>
    /// The number of HTTP requests that an instance handles concurrently. 16 is the default of the Flex Consumption plan for instances with
    /// 2,048 MB (learn.microsoft.com/azure/azure-functions/functions-concurrency).
    /// </summary>
    public int RequestsPerInstance { get; init; } = 16;

    /// <summary>The maximum number of instances that one decision adds, as documented for Azure's target-based scaling.</summary>
    public int MaxStep { get; init; } = 4;

    /// <summary>The time between two decisions.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The minimum period of lower demand before an instance is stopped.</summary>
    public TimeSpan ScaleInAfter { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// The minimum idle period before the last instance of the app is stopped. Azure waits several minutes, which is too long for a
    /// demonstration.
    /// </summary>
    public TimeSpan ToZeroAfter { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Returns the default targets with the batch size from host.json.</summary>
    /// <exception cref="LocalCloudException">host.json contains a batch size that Azure would reject.</exception>
    public static ScaleTargets Read(HostSettings host)
    {
        const string Key = "extensions:queues:batchSize";
        var targets = new ScaleTargets();
        if (host.Sections.GetValueOrDefault(Key) is not { } text)
        {
            return targets;
        }

        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var batchSize) && batchSize is >= 1 and <= 32
            ? targets with { MessagesPerInstance = batchSize }
            : throw new LocalCloudException($"host.json: {Key} is \"{text}\" and must be a number from 1 to 32.");
    }
}
