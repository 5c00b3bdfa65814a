namespace ServerlessScale.Tests.Unit.Architecture;

/// <summary>Checks what CONTRIBUTING.md promises: no dependency circles between folders, and only the listed dependencies between capabilities.</summary>
public sealed class ArchitectureTests
{
    /// <summary>
    /// Which rooms of <c>src</c> may use which others. A room is a folder's name in <c>src/Functions</c> and <c>src/Shared</c>. A dependency
    /// that is added or removed in the code is added or removed here too.
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

    /// <summary>Every folder with subfolders: the circles among its subfolders are looked for one level at a time.</summary>
    public static TheoryData<string> Levels =>
    [
        .. SourceGraph.Uses.SelectMany(use => (string[])[use.From, use.To]).SelectMany(Ancestors).Distinct()
            .Order(StringComparer.Ordinal),
    ];

    [Theory]
    [MemberData(nameof(Levels))]
    public void Folders_of_one_level_form_no_circle(string level)
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
    public void Capabilities_depend_on_each_other_as_listed()
    {
        var actual = Crossings()
            .GroupBy(use => RoomOf(use.From)!)
            .OrderBy(room => room.Key, StringComparer.Ordinal)
            .Select(room => $"{room.Key}: {string.Join(", ", room.Select(use => RoomOf(use.To)).Distinct().Order(StringComparer.Ordinal))}");

        Assert.Equal(Dependencies.Select(room => $"{room.Key}: {string.Join(", ", room.Value)}"), actual);
    }

    [Fact]
    public void Capabilities_use_inner_folders_of_another_only_as_listed() => Assert.Equal(
        // A checkout places its order through OrderPlacement, which is in the folder of the other classes that write orders.
        ["src/Shared/Cart/CartCheckouts.cs uses src/Shared/Orders/Writing"],
        Crossings().Where(use => use.To.Split('/').Length > 3).Select(use => $"{use.File} uses {use.To}"));

    [Fact]
    public void Shared_code_uses_no_functions() => Assert.Empty(
        SourceGraph.Uses.Where(use => !IsBelow(use.From, "src/Functions") && IsBelow(use.To, "src/Functions")).Select(use => use.File));

    /// <summary>The uses of one room of <c>src</c> by another.</summary>
    private static IEnumerable<FolderUse> Crossings() =>
        SourceGraph.Uses.Where(use => RoomOf(use.From) is { } from && RoomOf(use.To) is { } to && from != to);

    /// <summary>The room that a folder belongs to: <c>Orders</c> for <c>src/Shared/Orders/Stores</c>; null outside of every room.</summary>
    private static string? RoomOf(string folder) => folder.Split('/') is ["src", "Functions" or "Shared", var room, ..] ? room : null;

    /// <summary>The subfolder of <paramref name="level"/> that contains the folder, <c>.</c> for the level's own files, null elsewhere.</summary>
    private static string? ChildOf(string level, string folder) =>
        folder == level ? "."
        : level.Length == 0 ? folder.Split('/')[0]
        : IsBelow(folder, level) ? folder[(level.Length + 1)..].Split('/')[0]
        : null;

    private static bool IsBelow(string folder, string ancestor) =>
        folder.StartsWith(ancestor, StringComparison.Ordinal) && (folder.Length == ancestor.Length || folder[ancestor.Length] == '/');

    /// <summary>For <c>src/Shared/Orders</c>: <c>src/Shared</c>, <c>src</c> and the empty name of the repository itself.</summary>
    private static IEnumerable<string> Ancestors(string folder)
    {
        while (folder.Length > 0)
        {
            folder = folder.LastIndexOf('/') is > 0 and var end ? folder[..end] : "";
            yield return folder;
        }
    }
}
