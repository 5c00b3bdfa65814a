using System.Text.Json.Nodes;
using ServerlessScale.Local.Build;

namespace ServerlessScale.Tests.Unit.Infra;

/// <summary>
/// The resources that a parameter file deploys, read from its committed snapshot. A snapshot contains the value of every expression that
/// can be evaluated without Azure. The build of infra/bicep.csproj and <see cref="SnapshotTests"/> check that the snapshots match the
/// templates.
/// </summary>
internal sealed class Installation
{
    /// <summary>The names of the parameter files. Together, the files use every feature of the template.</summary>
    public static readonly string[] Names = ["dev", "prod"];

    private readonly JsonObject _snapshot;

    private Installation(string name)
    {
        _snapshot = (JsonObject)JsonNode.Parse(File.ReadAllText(Path.Combine(Folder, $"{name}.snapshot.json")))!;
        Resources = [.. _snapshot["predictedResources"]!.AsArray().Select(resource => (JsonObject)resource!)];
    }

    public static string Folder => Path.Combine(Repository.FindRoot(AppContext.BaseDirectory)!, "infra");

    public static TheoryData<string> All => [.. Names];

    public IReadOnlyList<JsonObject> Resources { get; }

    public JsonObject Outputs => (JsonObject)_snapshot["outputs"]!;

    /// <summary>The settings of each function app, by the app's name.</summary>
    public IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> AppSettings => Of("Microsoft.Web/sites/config").ToDictionary(
        config => config["name"]!.GetValue<string>().Split('/')[0],
        IReadOnlyDictionary<string, string> (config) =>
            config["properties"]!.AsObject().ToDictionary(setting => setting.Key, setting => setting.Value!.GetValue<string>()));

    public static Installation Read(string name) => new(name);

    /// <summary>Reads a file in the infra folder as text.</summary>
    public static string Text(string file) => File.ReadAllText(Path.Combine(Folder, file));

    public IEnumerable<JsonObject> Of(string type) =>
        Resources.Where(resource => string.Equals(resource["type"]!.GetValue<string>(), type, StringComparison.OrdinalIgnoreCase));
}
