namespace ServerlessScale.Tests.Unit.Architecture;

/// <summary>
/// Enforces the dependency rules in CONTRIBUTING.md. Folders must not have cyclic dependencies, and the top-level folders may have only the
/// listed dependencies.
/// </summary>
public sealed class ArchitectureTests
{
    /// <summary>
    /// The dependencies between the folders directly below <c>src/Functions</c> and <c>src/Shared</c>. Two folders with the same name count
    /// as one top-level folder. Update this list when the code gains or loses a dependency.
    /// </summary>
    private static readonly Dictionary<string, string[]> Dependencies = new()
    {
        ["Cart"] = ["Catalogue", "Http", "Idempotency", "Identity", "Orders", "Problems", "Storage"],
        ["Catalogue"] = ["Http", "Paging", "Problems", "Storage"],
        ["ColdStarts"] = ["Http", "Problems", "Storage"],
        ["Documentation"] = ["Http"],
        ["Edge"] = ["Http", "Problems"],
        ["Fallback"] = ["Http", "Problems"],
        ["Health"] = ["Http"],
        ["Http"] = ["Problems", "Storage"],
        ["Idempotency"] = ["Http", "Identity", "Problems", "Sealing", "Storage"],
        ["Identity"] = ["Http", "Problems"],
        ["Images"] = ["Http", "Idempotency", "Identity", "Messaging", "Problems", "Storage"],
        ["Messaging"] = ["Storage"],
        ["Orders"] = ["Catalogue", "Http", "Idempotency", "Identity", "Messaging", "Paging", "Problems", "Storage"],
        ["Page"] = ["Http", "Identity", "Problems", "Storage"],
        ["Paging"] = ["Problems"],
        ["Telemetry"] = ["ColdStarts", "Storage"],
        ["Webhooks"] = ["Http", "Idempotency", "Identity", "Messaging", "Paging", "Problems", "Sealing", "Storage"],
    };

    /// <summary>Every folder with subfolders. The test looks for cycles among the subfolders of one folder at a time.</summary>
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
    public void Top_level_folders_have_exactly_the_listed_dependencies()
    {
        var actual = Crossings()
            .GroupBy(use => TopLevelFolderOf(use.From)!)
            .OrderBy(top => top.Key, StringComparer.Ordinal)
            .Select(top => $"{top.Key}: {string.Join(", ", top.Select(use => TopLevelFolderOf(use.To)).Distinct().Order(StringComparer.Ordinal))}");

        Assert.Equal(Dependencies.Select(top => $"{top.Key}: {string.Join(", ", top.Value)}"), actual);
    }

    [Fact]
    public void Top_level_folders_use_only_listed_subfolders_of_other_folders() => Assert.Equal(
        // A checkout places its order through OrderPlacement. That class is in the folder with the other classes that write orders.
        ["src/Shared/Cart/CartCheckouts.cs uses src/Shared/Orders/Writing"],
        Crossings().Where(use => use.To.Split('/').Length > 3).Select(use => $"{use.File} uses {use.To}"));

    [Fact]
    public void Shared_code_and_tools_do_not_use_function_code() => Assert.Empty(
        SourceGraph.Uses.Where(use => !IsBelow(use.From, "src/Functions") && IsBelow(use.To, "src/Functions")).Select(use => use.File));

    /// <summary>Returns the uses of one top-level folder by another top-level folder.</summary>
    private static IEnumerable<FolderUse> Crossings() =>
        SourceGraph.Uses.Where(use => TopLevelFolderOf(use.From) is { } from && TopLevelFolderOf(use.To) is { } to && from != to);

    /// <summary>
    /// Returns the top-level folder's name, such as <c>Orders</c> for <c>src/Shared/Orders/Stores</c>. Returns null if the folder is not in
    /// a top-level folder.
    /// </summary>
    private static string? TopLevelFolderOf(string folder) => folder.Split('/') is ["src", "Functions" or "Shared", var top, ..] ? top : null;

    /// <summary>
    /// Returns the name of the subfolder of <paramref name="level"/> that contains the folder. Returns <c>.</c> if the folder is the level
    /// itself, and null if the folder is outside the level.
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
