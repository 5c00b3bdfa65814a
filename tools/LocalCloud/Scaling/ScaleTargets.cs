using System.Globalization;
using ServerlessScale.FunctionHost.Metadata;

namespace ServerlessScale.Local.Scaling;

/// <summary>What one instance is to handle at a time, and how fast instances come and go.</summary>
internal sealed record ScaleTargets
{
    /// <summary>
    /// Messages of one queue: host.json's <c>extensions.queues.batchSize</c>, 16 by default, is the target executions per instance
    /// (learn.microsoft.com/azure/azure-functions/functions-target-based-scaling).
    /// </summary>
    public int MessagesPerInstance { get; init; } = 16;

    /// <summary>HTTP requests: what Flex Consumption gives an instance of 2,048 MB by default (.../functions-concurrency).</summary>
    public int RequestsPerInstance { get; init; } = 16;

    /// <summary>Most instances to start at once, as documented there.</summary>
    public int MaxStep { get; init; } = 4;

    /// <summary>From one decision to the next.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long fewer instances must have been enough before one is stopped.</summary>
    public TimeSpan ScaleInAfter { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long nothing must have happened before the last instance is stopped. Azure takes minutes; here one wants to see it.</summary>
    public TimeSpan ToZeroAfter { get; init; } = TimeSpan.FromSeconds(30);

    /// <exception cref="LocalCloudException">host.json has a batch size that Azure would refuse.</exception>
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
            : throw new LocalCloudException($"host.json: {Key} is \"{text}\"; it must be a number from 1 to 32.");
    }
}
