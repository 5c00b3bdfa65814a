using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Configuration;

namespace ServerlessScale.FunctionHost.Metadata;

/// <summary>
/// The content of <c>host.json</c>. The host uses the route prefix and the function timeout itself. All other settings, such as the
/// queue settings, are passed to the WebJobs SDK.
/// </summary>
/// <param name="RoutePrefix">The prefix of every HTTP route. The default is <c>api</c>, as in Azure.</param>
/// <param name="FunctionTimeout">
/// The maximum duration of an invocation; null for no limit (<c>-1</c> in the file). The default is 30 minutes.
/// </param>
/// <param name="Sections">All settings, flattened to configuration keys such as <c>extensions:queues:batchSize</c>.</param>
public sealed record HostSettings(
    string RoutePrefix, TimeSpan? FunctionTimeout, IReadOnlyDictionary<string, string?> Sections)
{
    /// <summary>
    /// The prefix of app settings that override host.json, such as <c>AzureFunctionsJobHost__extensions__queues__batchSize</c>
    /// (learn.microsoft.com/azure/azure-functions/functions-host-json#override-hostjson-values).
    /// </summary>
    private const string OverridePrefix = "AzureFunctionsJobHost__";

    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromMinutes(30);

    /// <summary>Reads host.json and applies the app settings that override it.</summary>
    /// <param name="appDirectory">The folder that contains host.json.</param>
    /// <param name="settings">The app settings.</param>
    /// <exception cref="FunctionHostException">
    /// The file is missing, is not valid JSON, or contains a value that Azure would reject.
    /// </exception>
    public static HostSettings Read(string appDirectory, IReadOnlyDictionary<string, string> settings)
    {
        var path = Path.Combine(appDirectory, "host.json");
        if (!File.Exists(path))
        {
            throw new FunctionHostException($"{path} is missing. Copy host.json to the function app's output directory.");
        }

        var overrides = settings.Keys
            .Where(key => key.StartsWith(OverridePrefix, StringComparison.OrdinalIgnoreCase))
            .ToDictionary(key => key[OverridePrefix.Length..].Replace("__", ":", StringComparison.Ordinal), StringComparer.OrdinalIgnoreCase);
        Dictionary<string, string?> sections;
        try
        {
            sections = new ConfigurationBuilder()
                .AddJsonFile(path, optional: false)
                .AddInMemoryCollection(overrides.Select(pair => KeyValuePair.Create(pair.Key, (string?)settings[pair.Value])))
                .Build().AsEnumerable()
                .ToDictionary(pair => pair.Key, pair => pair.Value, StringComparer.OrdinalIgnoreCase);
        }
        catch (Exception exception) when (exception is InvalidDataException or JsonException or FormatException)
        {
            throw new FunctionHostException($"{path} is not valid JSON: {exception.InnerException?.Message ?? exception.Message}", exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new FunctionHostException($"{path} cannot be read: {exception.Message}", exception);
        }

        HostSettingRules.Check(sections, key => overrides.TryGetValue(key, out var setting) ? $"The app setting {setting}" : $"{path}: {key}");

        return new(
            (sections.GetValueOrDefault("extensions:http:routePrefix") ?? "api").Trim('/'),
            ReadTimeout(sections.GetValueOrDefault("functionTimeout")),
            sections);
    }

    private static TimeSpan? ReadTimeout(string? text) => text switch
    {
        null => DefaultTimeout,
        "-1" => null,
        _ => TimeSpan.Parse(text, CultureInfo.InvariantCulture),
    };
}
