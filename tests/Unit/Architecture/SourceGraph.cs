using System.Text.RegularExpressions;
using ServerlessScale.Local.Build;

namespace ServerlessScale.Tests.Unit.Architecture;

/// <summary>A use of a folder's types by a file in another folder. Paths are relative to the repository root and use <c>/</c>.</summary>
internal sealed record FolderUse(string From, string To, string File);

/// <summary>
/// The dependencies between the folders of <c>src</c> and <c>tools</c>, computed from the source text. The <c>using</c> directives and the
/// qualified names are resolved to the folder that declares the namespace. A file can use the types of its parent namespaces without a
/// using directive or a qualified name, so the graph does not include dependencies on parent folders.
/// </summary>
internal static partial class SourceGraph
{
    /// <summary>The names of folders whose files do not belong to the repository's source code.</summary>
    private static readonly string[] SkippedFolders = ["bin", "obj", "node_modules"];

    public static IReadOnlyList<FolderUse> Uses { get; } = Read(Repository.FindRoot(AppContext.BaseDirectory)!);

    private static FolderUse[] Read(string root)
    {
        var files = ((string[])["src", "tools"]).SelectMany(top => SourceFiles(root, Path.Combine(root, top))).ToList();
        var folders = files.ToLookup(file => file.Namespace, file => file.Folder);
        var types = files.SelectMany(file => TypeDeclaration().Matches(file.Code).Select(match => $"{file.Namespace}.{match.Groups["name"].Value}")).ToHashSet();
        return
        [
            .. from file in files
               from used in UsedNamespaces(file, folders.Contains, types).Distinct()
               from folder in folders[used].Distinct()
               where folder != file.Folder
               select new FolderUse(file.Folder, folder, file.Path),
        ];
    }

    private static IEnumerable<SourceFile> SourceFiles(string root, string folder)
    {
        foreach (var path in Directory.EnumerateFiles(folder, "*.cs"))
        {
            var code = Comment().Replace(File.ReadAllText(path), "");
            yield return new(
                Path.GetRelativePath(root, path).Replace('\\', '/'),
                Path.GetRelativePath(root, folder).Replace('\\', '/'),
                NamespaceDeclaration().Match(code).Groups["name"].Value,
                code);
        }

        foreach (var file in Directory.EnumerateDirectories(folder)
            .Where(inner => !SkippedFolders.Contains(Path.GetFileName(inner)))
            .SelectMany(inner => SourceFiles(root, inner)))
        {
            yield return file;
        }
    }

    private static IEnumerable<string> UsedNamespaces(SourceFile file, Func<string, bool> isNamespace, HashSet<string> types)
    {
        foreach (Match directive in UsingDirective().Matches(file.Code))
        {
            var name = directive.Groups["name"].Value;
            if (isNamespace(name))
            {
                yield return name;
            }
            else if (types.Contains(name))
            {
                yield return NamespaceOf(name);
            }
        }

        // Like the compiler, looks up a name such as Orders.Order in the file's namespace and in the enclosing namespaces.
        string[] scopes = [.. Prefixes(file.Namespace), ""];
        foreach (var name in QualifiedName().Matches(file.Code).Select(match => match.Value).Distinct())
        {
            var candidates = from prefix in Prefixes(name)
                             where prefix.Contains('.', StringComparison.Ordinal)
                             from scope in scopes
                             select scope.Length == 0 ? prefix : $"{scope}.{prefix}";
            if (candidates.FirstOrDefault(types.Contains) is { } type)
            {
                yield return NamespaceOf(type);
            }
        }
    }

    private static string NamespaceOf(string type) => type[..type.LastIndexOf('.')];

    /// <summary>Returns the name and its prefixes. For <c>A.B.C</c>, these are <c>A.B.C</c>, <c>A.B</c> and <c>A</c>.</summary>
    private static IEnumerable<string> Prefixes(string name)
    {
        for (var end = name.Length; end > 0; end = name.LastIndexOf('.', end - 1))
        {
            yield return name[..end];
        }
    }

    [GeneratedRegex(@"//.*$", RegexOptions.Multiline)]
    private static partial Regex Comment();

    [GeneratedRegex(@"^namespace (?<name>[\w.]+);", RegexOptions.Multiline)]
    private static partial Regex NamespaceDeclaration();

    [GeneratedRegex(@"^(global )?using (static )?(\w+ = )?(?<name>[\w.]+)", RegexOptions.Multiline)]
    private static partial Regex UsingDirective();

    [GeneratedRegex(@"\b(class|struct|interface|enum|record( struct)?) (?<name>\w+)")]
    private static partial Regex TypeDeclaration();

    [GeneratedRegex(@"(?<![\w.])[A-Z]\w*(\.[A-Z]\w*)+")]
    private static partial Regex QualifiedName();

    private sealed record SourceFile(string Path, string Folder, string Namespace, string Code);
}
