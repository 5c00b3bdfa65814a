using System.Text.Json;
using System.Text.Json.Serialization;

namespace ServerlessScale.Local.Topologies;

/// <summary>infra/capabilities.json: which functions and paths belong together, and which apps a topology has. Azure is deployed from it too.</summary>
public sealed record Capabilities
{
    [JsonPropertyName("capabilities")]
    public required IReadOnlyDictionary<string, Capability> ByName { get; init; }

    /// <summary>By topology; the first app of each answers what belongs to no other.</summary>
    public required IReadOnlyDictionary<string, IReadOnlyList<App>> Topologies { get; init; }

    /// <exception cref="LocalCloudException">It cannot be read, or names what there is not.</exception>
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
                : throw new LocalCloudException($"{path}: there is no capability {unknown}; there are {string.Join(", ", capabilities.ByName.Keys)}.");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or JsonException)
        {
            throw new LocalCloudException($"{path} does not tell how the functions are divided: {exception.Message}", exception);
        }
    }

    /// <param name="topology">Which apps there are to be.</param>
    /// <param name="functions">Those that the app has, to make sure that each is somebody's.</param>
    /// <exception cref="LocalCloudException">The file and the app do not go together; the message says where.</exception>
    public IReadOnlyList<AppPlan> Plan(Topology topology, IReadOnlyCollection<string> functions)
    {
        var name = topology.ToString().ToLowerInvariant();
        if (!Topologies.TryGetValue(name, out var apps) || apps.Count == 0)
        {
            throw new LocalCloudException($"capabilities.json has no apps for the topology {name}.");
        }

        var listed = ByName.Values.SelectMany(capability => capability.Functions).ToList();
        if (functions.Except(listed).FirstOrDefault() is { } nobodys)
        {
            throw new LocalCloudException($"capabilities.json does not say which capability the function {nobodys} belongs to, so it would run in every app.");
        }

        if (listed.Except(functions).FirstOrDefault() is { } missing)
        {
            throw new LocalCloudException($"capabilities.json lists the function {missing}, which the app does not have. Build the app again, or take it out.");
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

        /// <summary>Exact paths, or paths that end with <c>/*</c>.</summary>
        public required IReadOnlyList<string> Paths { get; init; }
    }

    public sealed record App
    {
        public required string Name { get; init; }

        public required IReadOnlyList<string> Capabilities { get; init; }
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(Capabilities))]
internal sealed partial class CapabilitiesJson : JsonSerializerContext;
