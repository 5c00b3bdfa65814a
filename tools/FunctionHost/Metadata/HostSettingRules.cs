using System.Globalization;

namespace ServerlessScale.FunctionHost.Metadata;

/// <summary>
/// The values that Azure's host accepts in host.json. The WebJobs SDK would reject wrong values with an exception that names neither the
/// file nor the allowed range.
/// </summary>
internal static class HostSettingRules
{
    /// <summary>The limits of the queue settings come from the class QueuesOptions in Microsoft.Azure.WebJobs.Extensions.Storage.Queues.</summary>
    private static readonly (string Key, Func<string, bool> Accepts, string Allowed)[] Rules =
    [
        ("functionTimeout", text => text == "-1" || (IsTime(text, out var time) && time > TimeSpan.Zero), "hh:mm:ss, or -1 for no limit"),
        ("extensions:queues:batchSize", text => IsNumber(text, 1, 32), "a whole number from 1 to 32"),
        ("extensions:queues:newBatchThreshold", text => IsNumber(text, 0, int.MaxValue), "a whole number from 0"),
        ("extensions:queues:maxDequeueCount", text => IsNumber(text, 1, int.MaxValue), "a whole number from 1"),
        ("extensions:queues:maxPollingInterval", text => IsTime(text, out var time) && time >= TimeSpan.FromMilliseconds(100),
            "hh:mm:ss.fff, at least 00:00:00.100"),
        ("extensions:queues:visibilityTimeout", text => IsTime(text, out var time) && time >= TimeSpan.Zero && time <= TimeSpan.FromDays(7),
            "hh:mm:ss, at most 7.00:00:00"),
        ("extensions:queues:messageEncoding", text => text.ToUpperInvariant() is "NONE" or "BASE64", "none or base64"),
    ];

    /// <param name="sections">All settings in host.json, flattened to configuration keys.</param>
    /// <param name="source">Returns the file or app setting that contains a value, for the message.</param>
    /// <exception cref="FunctionHostException">A value is not allowed. The message names the setting and the allowed values.</exception>
    public static void Check(IReadOnlyDictionary<string, string?> sections, Func<string, string> source)
    {
        if (sections.GetValueOrDefault("version") is var version && version != "2.0")
        {
            throw new FunctionHostException(
                $"{source("version")} {(version is null ? "is missing" : $"is \"{version}\"")}. Azure Functions 4 requires \"version\": \"2.0\".");
        }

        foreach (var (key, accepts, allowed) in Rules)
        {
            if (sections.GetValueOrDefault(key) is { } text && !accepts(text))
            {
                throw new FunctionHostException($"{source(key)} is \"{text}\". Write {allowed}.");
            }
        }
    }

    private static bool IsNumber(string text, int least, int most) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most;

    private static bool IsTime(string text, out TimeSpan time) => TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out time);
}
