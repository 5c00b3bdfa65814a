using System.Reflection;
using System.Text.Json.Nodes;
using System.Xml.Linq;
using ServerlessScale.Tests.Unit.Infra;

namespace ServerlessScale.Tests.Unit.SupplyChain;

/// <summary>A package that a lock file of the repository names.</summary>
/// <param name="Name">The name in lower case.</param>
/// <param name="Version">The exact version.</param>
/// <param name="Licence">The SPDX expression, the address or the file that the package declares as its licence.</param>
internal sealed record LockedPackage(string Name, string Version, string Licence);

/// <summary>Reads the lock files of NuGet and npm.</summary>
internal static class LockedPackages
{
    private static readonly string Root = Path.Combine(Installation.Folder, "..");

    /// <summary>Returns the files in the repository with a name, without those that a build or an installation wrote.</summary>
    public static IEnumerable<string> Files(string pattern) => Directory.EnumerateFiles(Root, pattern, SearchOption.AllDirectories)
        .Where(file => !Path.GetRelativePath(Root, file).Split(Path.DirectorySeparatorChar)
            .Any(folder => folder is "node_modules" or "bin" or "obj" or "artifacts" or ".localcloud"));

    public static IEnumerable<LockedPackage> Nuget() => Files("packages*.lock.json")
        .SelectMany(file => JsonNode.Parse(File.ReadAllText(file))!["dependencies"]!.AsObject())
        .SelectMany(framework => framework.Value!.AsObject())
        .Where(package => package.Value!["type"]!.GetValue<string>() != "Project")
        .Select(package => (Name: package.Key.ToLowerInvariant(), Version: package.Value!["resolved"]!.GetValue<string>()))
        .Distinct()
        .Select(package => new LockedPackage(package.Name, package.Version, NugetLicence(package.Name, package.Version)));

    public static IEnumerable<LockedPackage> Npm() => Files("package-lock.json")
        .SelectMany(file => JsonNode.Parse(File.ReadAllText(file))!["packages"]!.AsObject())
        .Where(package => package.Key.Length > 0)
        .Select(package => new LockedPackage(
            package.Key[(package.Key.LastIndexOf("node_modules/", StringComparison.Ordinal) + "node_modules/".Length)..].ToLowerInvariant(),
            package.Value!["version"]!.GetValue<string>(),
            package.Value["license"]?.GetValue<string>() ?? "none"))
        .Distinct();

    private static string NugetLicence(string name, string version)
    {
        var folders = typeof(LockedPackages).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .Single(attribute => attribute.Key == "NugetPackages").Value!;
        var file = Path.Combine(folders, name, version, $"{name}.nuspec");
        if (!File.Exists(file))
        {
            return "not restored";
        }

        var metadata = XDocument.Load(file).Root!.Elements().Single(element => element.Name.LocalName == "metadata");
        if (metadata.Elements().SingleOrDefault(element => element.Name.LocalName == "license") is { } licence)
        {
            return licence.Attribute("type")?.Value == "file" ? $"file {licence.Value}" : licence.Value;
        }

        return metadata.Elements().SingleOrDefault(element => element.Name.LocalName == "licenseUrl")?.Value ?? "none";
    }
}
