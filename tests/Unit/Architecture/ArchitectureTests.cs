namespace ServerlessScale.Tests.Unit.Architecture;

/// <summary>
/// Enforces the dependency rules in CONTRIBUTING.md. Folders must not have cyclic dependencies, and capabilities may have only the listed
/// dependencies.
/// </summary>
public sealed class ArchitectureTests
{
    /// <summary>
    /// The allowed dependencies of each capability. A capability consists of the folders with its name in <c>src/Functions</c> and
    /// <c>src/Shared</c>. Update this list when the code gains or loses a dependency.
    /// </summary>
    private static readonly Dictionary<string, string[]> Dependencies = new()
    {
        ["Cart"] = ["Http", "Identity", "Orders", "Problems", "Storage"],
        ["ColdStarts"] = ["Http", "Problems", "Storage"],
        ["Edge"] = ["Http", "Problems"],
        ["Http"] = ["Problems", "Storage"],
        ["Identity"] = ["Http", "Problems"],
        ["Images"] = ["Http", "Identity", "Messaging", "Problems", "Storage"],
        ["Messaging"] = ["Storage"],
        ["Orders"] = ["Http", "Identity", "Messaging", "Problems", "Storage"],
        ["Telemetry"] = ["ColdStarts"],
        ["Webhooks"] = ["Http", "Identity", "Messaging", "Problems", "Storage"],
    };

    /// <summary>Every folder with subfolders. Cycles are searched for among the subfolders of one folder at a time.</summary>
    public static TheoryData<string> Levels =>
    [
        .. SourceGraph.Uses.SelectMany(use => (string[])[use.From, use.To]).SelectMany(Ancestors).Distinct()
            .Order(StringComparer.Ordinal),
    ];

    [Theory]
    [MemberData(nameof(Levels))]
    public void Sibling_folders_have_no_cyclic_dependencies(string level)
    {
        var uses = SourceGraph.Uses
            .Select(use => (From: ChildOf(level, use.From), To: ChildOf(level, use.To), Use: use))
            .Where(edge => edge.From is not null && edge.To is not null && edge.From != edge.To)
            .ToLookup(edge => edge.From!, edge => (To: edge.To!, edge.Use));

        var circular = uses.SelectMany(from => from.Where(edge => Reach(edge.To).Contains(from.Key)).Select(edge => edge.Use));

        Assert.Empty(circular.Select(use => $"{use.File} uses {use.To}"));

        HashSet<string> Reach(string start)
        {
            var reached = new HashSet<string>();
            var open = new Stack<string>([start]);
            while (open.TryPop(out var folder))
            {
                if (reached.Add(folder))
                {
                    foreach (var (to, _) in uses[folder])
                    {
                        open.Push(to);
                    }
                }
            }

            return reached;
        }
    }

    [Fact]
    public void Capabilities_have_exactly_the_listed_dependencies()
    {
        var actual = Crossings()
            .GroupBy(use => CapabilityOf(use.From)!)
            .OrderBy(capability => capability.Key, StringComparer.Ordinal)
            .Select(capability => $"{capability.Key}: {string.Join(", ", capability.Select(use => CapabilityOf(use.To)).Distinct().Order(StringComparer.Ordinal))}");

        Assert.Equal(Dependencies.Select(capability => $"{capability.Key}: {string.Join(", ", capability.Value)}"), actual);
    }

    [Fact]
    public void Capabilities_use_only_listed_subfolders_of_other_capabilities() => Assert.Equal(
        // A checkout places its order through OrderPlacement. That class is in the folder with the other classes that write orders.
        ["src/Shared/Cart/CartCheckouts.cs uses src/Shared/Orders/Writing"],
        Crossings().Where(use => use.To.Split('/').Length > 3).Select(use => $"{use.File} uses {use.To}"));

    [Fact]
    public void Shared_code_and_tools_do_not_use_function_code() => Assert.Empty(
        SourceGraph.Uses.Where(use => !IsBelow(use.From, "src/Functions") && IsBelow(use.To, "src/Functions")).Select(use => use.File));

    /// <summary>Returns the uses of one capability by another capability.</summary>
    private static IEnumerable<FolderUse> Crossings() =>
        SourceGraph.Uses.Where(use => CapabilityOf(use.From) is { } from && CapabilityOf(use.To) is { } to && from != to);

    /// <summary>Returns a folder's capability, such as <c>Orders</c> for <c>src/Shared/Orders/Stores</c>, or null if it has none.</summary>
    private static string? CapabilityOf(string folder) => folder.Split('/') is ["src", "Functions" or "Shared", var capability, ..] ? capability : null;

    /// <summary>
    /// Returns the subfolder of the level that contains the folder, <c>.</c> for the level itself, or null outside the level.
    /// </summary>
    private static string? ChildOf(string level, string folder) =>
        folder == level ? "."
        : level.Length == 0 ? folder.Split('/')[0]
        : IsBelow(folder, level) ? folder[(level.Length + 1)..].Split('/')[0]
        : null;

    private static bool IsBelow(string folder, string ancestor) =>
        folder.StartsWith(ancestor, StringComparison.Ordinal) && (folder.Length == ancestor.Length || folder[ancestor.Length] == '/');

    /// <summary>Returns the parent folders of a folder up to the repository root, whose name is the empty string.</summary>
    private static IEnumerable<string> Ancestors(string folder)
    {
        while (folder.Length > 0)
        {
            folder = folder.LastIndexOf('/') is > 0 and var end ? folder[..end] : "";
            yield return folder;
        }
    }
}
