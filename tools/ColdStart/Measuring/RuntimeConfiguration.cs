using System.Text.Json.Nodes;
using ServerlessScale.Local;

namespace ServerlessScale.ColdStart.Measuring;

/// <summary>
/// Changes <c>configProperties</c> in a published app's runtimeconfig.json: what MSBuild properties such as TieredPGO write there
/// (learn.microsoft.com/dotnet/core/runtime-config), without a build for each.
/// </summary>
internal static class RuntimeConfiguration
{
    /// <param name="directory">A publish output.</param>
    /// <param name="settings">By name; null takes one away.</param>
    /// <exception cref="LocalCloudException">There is not exactly one such file, or it has another shape.</exception>
    public static void Change(string directory, IReadOnlyDictionary<string, object?> settings)
    {
        if (Directory.GetFiles(directory, "*.runtimeconfig.json") is not [var path])
        {
            throw new LocalCloudException($"{directory} does not hold exactly one runtimeconfig.json.");
        }

        var document = JsonNode.Parse(File.ReadAllText(path));
        if (document?["runtimeOptions"] is not JsonObject options)
        {
            throw new LocalCloudException($"{path} has no runtimeOptions.");
        }

        if (options["configProperties"] is not JsonObject properties)
        {
            options["configProperties"] = properties = [];
        }

        foreach (var (name, value) in settings)
        {
            properties.Remove(name);
            if (value is not null)
            {
                properties[name] = JsonValue.Create(value);
            }
        }

        File.WriteAllText(path, document.ToJsonString());
    }
}
