using System.Text.Json;
using System.Text.Json.Serialization;
using ServerlessScale.FunctionHost.Metadata;

namespace ServerlessScale.Local.Topologies;

/// <summary>A division of the functions into apps. Each app starts, scales and fails independently.</summary>
public enum Topology
{
    /// <summary>One app runs all functions.</summary>
    Monolith,

    /// <summary>Each capability is a separate app behind a common edge. All apps use the same code and package.</summary>
    Microservices,
}

/// <summary>
/// The content of infra/capabilities.json, which lists the functions and paths of each capability and the apps of each topology. The Bicep
/// templates read the same file.
/// </summary>
public sealed record Capabilities
{
    [JsonPropertyName("capabilities")]
    public required IReadOnlyDictionary<string, Capability> ByName { get; init; }

    /// <summary>
    /// The apps of each topology, indexed by the name of the topology. The first app of a topology also receives the requests whose path
    /// belongs to no capability.
    /// </summary>
    public required IReadOnlyDictionary<string, IReadOnlyList<App>> Topologies { get; init; }

    /// <exception cref="LocalCloudException">The file cannot be read, or an app has a capability that the file does not define.</exception>
    public static Capabilities Load(string path)
    {
        try
        {
            var capabilities = JsonSerializer.Deserialize(File.ReadAllBytes(path), CapabilitiesJson.Default.Capabilities)
                ?? throw new JsonException("it is null");
            var unknown = capabilities.Topologies.Values
                .SelectMany(apps => apps)
                .SelectMany(app => app.Capabilities)
                .FirstOrDefault(name => !capabilities.ByName.ContainsKey(name));
            return unknown is null
                ? capabilities
                : throw new LocalCloudException($"{path}: an app has the unknown capability {unknown}. Known capabilities: {string.Join(", ", capabilities.ByName.Keys)}.");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or JsonException)
        {
            throw new LocalCloudException($"{path} is not a valid list of capabilities: {exception.Message}", exception);
        }
    }

    /// <summary>Plans the apps of a topology.</summary>
    /// <param name="topology">The topology.</param>
    /// <param name="functions">The names of all functions in the build output. Each function must belong to a capability.</param>
    /// <exception cref="LocalCloudException">
    /// The file and the build output list different functions. The message names one of them.
    /// </exception>
    public IReadOnlyList<AppPlan> Plan(Topology topology, IReadOnlyCollection<string> functions)
    {
        var name = topology.ToString().ToLowerInvariant();
        if (!Topologies.TryGetValue(name, out var apps) || apps.Count == 0)
        {
            throw new LocalCloudException($"capabilities.json has no apps for the {name} topology.");
        }

        var listed = ByName.Values.SelectMany(capability => capability.Functions).ToList();
        if (functions.Except(listed).FirstOrDefault() is { } unassigned)
        {
            throw new LocalCloudException(
                $"capabilities.json does not assign the function {unassigned} to any capability, so the function would run in every app.");
        }

        if (listed.Except(functions).FirstOrDefault() is { } missing)
        {
            throw new LocalCloudException($"capabilities.json lists the function {missing}, which the build output does not contain. Build the app again, or remove the function from the file.");
        }

        return
        [
            .. apps.Select((app, index) =>
            {
                var own = app.Capabilities.Select(capability => ByName[capability]).ToList();
                return new AppPlan(
                    app.Name,
                    [.. own.SelectMany(capability => capability.Paths), .. index == 0 ? ["/*"] : Array.Empty<string>()],
                    [.. listed.Except(own.SelectMany(capability => capability.Functions))]);
            }),
        ];
    }

    public sealed record Capability
    {
        public required IReadOnlyList<string> Functions { get; init; }

        /// <summary>The paths of the capability, which are exact paths or prefixes that end with <c>/*</c>.</summary>
        public required IReadOnlyList<string> Paths { get; init; }
    }

    public sealed record App
    {
        public required string Name { get; init; }

        public required IReadOnlyList<string> Capabilities { get; init; }
    }
}

/// <summary>An app in a topology.</summary>
/// <param name="Name">The name of the app. The names of its instances begin with this name.</param>
/// <param name="Paths">
/// The patterns for the paths whose requests this app receives. <c>/*</c> matches every path that no other app's patterns match.
/// </param>
/// <param name="Disabled">The functions that do not run in this app.</param>
public sealed record AppPlan(string Name, IReadOnlyList<string> Paths, IReadOnlyList<string> Disabled)
{
    /// <summary>Returns the shared settings together with the settings that disable the functions of all other apps.</summary>
    public IReadOnlyDictionary<string, string> SettingsFrom(IReadOnlyDictionary<string, string> shared)
    {
        var settings = new Dictionary<string, string>(shared, StringComparer.Ordinal);
        foreach (var function in Disabled)
        {
            settings[FunctionSwitch.SettingOf(function)] = "true";
        }

        return settings;
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(Capabilities))]
internal sealed partial class CapabilitiesJson : JsonSerializerContext;
