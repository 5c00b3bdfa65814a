using System.Globalization;
using ServerlessScale.FunctionHost.Metadata;

namespace ServerlessScale.Local.Scaling;

/// <summary>How much one instance handles at a time, and how fast instances are added and removed.</summary>
internal sealed record ScaleTargets
{
    /// <summary>
    /// The messages of one queue that an instance handles at a time: host.json's <c>extensions.queues.batchSize</c>, by default 16
    /// (learn.microsoft.com/azure/azure-functions/functions-target-based-scaling).
    /// </summary>
    public int MessagesPerInstance { get; init; } = 16;

    /// <summary>The HTTP requests that an instance handles at a time. 16 is Flex Consumption's default for 2,048 MB (.../functions-concurrency).</summary>
    public int RequestsPerInstance { get; init; } = 16;

    /// <summary>The most instances that one decision adds, as Azure documents for target-based scaling.</summary>
    public int MaxStep { get; init; } = 4;

    /// <summary>The time between two decisions.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long fewer instances must have been sufficient before an instance is stopped.</summary>
    public TimeSpan ScaleInAfter { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long the app must have been idle before its last instance is stopped. Azure waits for minutes, which is too long for a demonstration.</summary>
    public TimeSpan ToZeroAfter { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Returns the defaults with the batch size of host.json.</summary>
    /// <exception cref="LocalCloudException">host.json has a batch size that Azure would reject.</exception>
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
