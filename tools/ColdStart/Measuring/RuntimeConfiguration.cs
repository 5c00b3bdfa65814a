using System.Text.Json.Nodes;
using ServerlessScale.Measurement;

namespace ServerlessScale.ColdStart.Measuring;

/// <summary>
/// Changes <c>configProperties</c> in the runtimeconfig.json of a published app. MSBuild properties such as TieredPGO write the same
/// entries (learn.microsoft.com/dotnet/core/runtime-config), but would require a separate build for each combination of values.
/// </summary>
internal static class RuntimeConfiguration
{
    /// <param name="directory">The output folder of <c>dotnet publish</c>.</param>
    /// <param name="settings">The new values, keyed by name. The value null removes an entry.</param>
    /// <exception cref="CommandException">
    /// The folder does not contain exactly one runtimeconfig.json, or the file has an unexpected format.
    /// </exception>
    public static void Change(string directory, IReadOnlyDictionary<string, object?> settings)
    {
        if (Directory.GetFiles(directory, "*.runtimeconfig.json") is not [var path])
        {
            throw new CommandException($"{directory} does not contain exactly one runtimeconfig.json.");
        }

        var document = JsonNode.Parse(File.ReadAllText(path));
        if (document?["runtimeOptions"] is not JsonObject options)
        {
            throw new CommandException($"{path} has no runtimeOptions.");
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
