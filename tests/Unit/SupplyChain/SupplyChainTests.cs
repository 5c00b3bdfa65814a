using System.Text.Json;
using System.Text.RegularExpressions;
using ServerlessScale.Tests.Unit.Infra;

namespace ServerlessScale.Tests.Unit.SupplyChain;

/// <summary>Every package that the repository uses is locked and has an allowed licence. Every action is pinned by its digest.</summary>
public sealed partial class SupplyChainTests
{
    private static readonly LicenceList Licences =
        JsonSerializer.Deserialize<LicenceList>(File.ReadAllText(Path.Combine(Installation.Folder, "..", "licences.json")), JsonSerializerOptions.Web)!;

    /// <summary>The project that restores the Bicep compiler is the exception. It says why.</summary>
    [Fact]
    public void Every_project_has_a_lock_file()
    {
        var projects = LockedPackages.Files("*.csproj").Where(project => Path.GetFileName(project) != "bicep.csproj").ToArray();

        Assert.True(projects.Length > 15, $"Only {projects.Length} projects were found.");
        Assert.All(projects, project => Assert.True(
            File.Exists(Path.Combine(Path.GetDirectoryName(project)!, "packages.lock.json")), $"{project} has no packages.lock.json."));
    }

    [Fact]
    public void Every_npm_package_has_a_lock_file()
    {
        var packages = LockedPackages.Files("package.json").ToArray();

        Assert.NotEmpty(packages);
        Assert.All(packages, package => Assert.True(
            File.Exists(Path.Combine(Path.GetDirectoryName(package)!, "package-lock.json")), $"{package} has no package-lock.json."));
    }

    [Fact]
    public void Every_licence_is_allowed_or_an_exception_with_a_reason()
    {
        LockedPackage[] packages = [.. LockedPackages.Nuget(), .. LockedPackages.Npm()];

        Assert.True(packages.Length > 400, $"Only {packages.Length} packages were found.");
        Assert.Empty(packages
            .Where(package => !Licences.Allowed.Contains(package.Licence) && !Licences.Exceptions.Any(exception => exception.Covers(package)))
            .Select(package => $"{package.Name} {package.Version}: {package.Licence} is not in licences.json."));
    }

    [Fact]
    public void Every_exception_is_still_needed()
    {
        LockedPackage[] packages = [.. LockedPackages.Nuget(), .. LockedPackages.Npm()];

        Assert.All(Licences.Exceptions, exception =>
        {
            Assert.NotEmpty(exception.Reason);
            Assert.All(exception.Packages, name => Assert.True(
                packages.Any(package => exception.Declared == package.Licence && LicenceException.Matches(name, package.Name)),
                $"No package {name} declares {exception.Declared}."));
        });
    }

    [Fact]
    public void Every_action_of_the_workflows_is_pinned_by_its_digest()
    {
        var actions = Directory.EnumerateFiles(Path.Combine(Installation.Folder, "..", ".github", "workflows"))
            .SelectMany(File.ReadLines).Select(line => Uses().Match(line)).Where(match => match.Success)
            .Select(match => match.Groups["action"].Value).ToArray();

        Assert.True(actions.Length > 10, $"Only {actions.Length} actions were found.");
        Assert.All(actions, action => Assert.Matches("@([0-9a-f]{40}|sha256:[0-9a-f]{64})$", action));
    }

    [GeneratedRegex(@"^\s*(- )?uses: (?<action>\S+)")]
    private static partial Regex Uses();

    private sealed record LicenceList(IReadOnlyList<string> Allowed, IReadOnlyList<LicenceException> Exceptions);

    /// <param name="Declared">The licence as the packages declare it.</param>
    /// <param name="Packages">The names of packages. A star at the end stands for any text.</param>
    /// <param name="Reason">Why the licence is acceptable.</param>
    private sealed record LicenceException(string Declared, IReadOnlyList<string> Packages, string Reason)
    {
        public bool Covers(LockedPackage package) =>
            Declared == package.Licence && Packages.Any(name => Matches(name, package.Name));

        public static bool Matches(string pattern, string name) =>
            pattern.EndsWith('*') ? name.StartsWith(pattern[..^1], StringComparison.Ordinal) : name == pattern;
    }
}
