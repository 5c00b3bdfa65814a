using Markdig;
using Markdig.Renderers.Html;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;
using ServerlessScale.Local.Build;

namespace ServerlessScale.Tests.Unit.Docs;

/// <summary>Checks that the relative links in the Markdown documents have existing targets.</summary>
public sealed class LinkTests
{
    private static readonly MarkdownPipeline Pipeline =
        new MarkdownPipelineBuilder().UseAutoIdentifiers(Markdig.Extensions.AutoIdentifiers.AutoIdentifierOptions.GitHub).UsePipeTables().Build();

    private static readonly string Root = Repository.FindRoot(AppContext.BaseDirectory)!;

    public static TheoryData<string> Documents =>
    [
        .. Directory.EnumerateFiles(Root, "*.md").Concat(Directory.EnumerateFiles(Path.Combine(Root, "docs"), "*.md"))
            .Select(path => Path.GetRelativePath(Root, path)),
    ];

    [Theory, MemberData(nameof(Documents))]
    public void Every_relative_link_has_an_existing_target(string document)
    {
        var path = Path.Combine(Root, document);
        var links = Read(path).Descendants<LinkInline>()
            .Select(link => link.Url!)
            .Where(url => !Uri.TryCreate(url, UriKind.Absolute, out _))
            .ToArray();

        Assert.Equal([], links.Where(url => !HasTarget(path, url)));
    }

    [Theory]
    [InlineData("docs/nothing.md", false)]
    [InlineData("docs/api.md#nothing", false)]
    [InlineData("docs/api.md#cart", true)]
    [InlineData("src/Functions", true)]
    public void A_link_to_a_missing_file_or_heading_is_detected(string url, bool exists) =>
        Assert.Equal(exists, HasTarget(Path.Combine(Root, "README.md"), url));

    private static bool HasTarget(string document, string url)
    {
        var parts = url.Split('#', 2);
        var target = parts[0].Length == 0 ? document : Path.GetFullPath(Path.Combine(Path.GetDirectoryName(document)!, parts[0]));
        return parts.Length == 1 || !target.EndsWith(".md", StringComparison.Ordinal)
            ? Path.Exists(target)
            : File.Exists(target) && Read(target).Descendants<HeadingBlock>().Any(heading => heading.GetAttributes().Id == parts[1]);
    }

    private static MarkdownDocument Read(string path) => Markdown.Parse(File.ReadAllText(path), Pipeline);
}
