using System.Text;
using ServerlessScale.Edge.Reading;
using ServerlessScale.Edge.Rules;
using ServerlessScale.Local.Build;

namespace ServerlessScale.Tests.Unit.Edge.Rules;

/// <summary>Reads the repository's rules file, optionally after changing its text.</summary>
internal static class RulesFile
{
    public const string Name = "edge-rules.json";

    public static string Path { get; } =
        System.IO.Path.Combine(Repository.FindRoot(AppContext.BaseDirectory)!, "infra", Name);

    public static string Text { get; } = File.ReadAllText(Path);

    /// <summary>Parses the file after replacing the first occurrence of <paramref name="old"/>.</summary>
    public static EdgeRules With(string old, string @new) => EdgeRulesFile.Parse(Encoding.UTF8.GetBytes(Replace(old, @new)), Name);

    /// <summary>Asserts that a change makes the file invalid.</summary>
    /// <returns>The error message, and the line of the change.</returns>
    public static (string Message, int Line) RefusalOf(string old, string @new)
    {
        var refusal = Assert.Throws<EdgeRulesException>(() => With(old, @new));
        return (refusal.Message, 1 + Text[..Text.IndexOf(old, StringComparison.Ordinal)].Count(character => character == '\n'));
    }

    private static string Replace(string old, string @new)
    {
        var at = Text.IndexOf(old, StringComparison.Ordinal);
        Assert.True(at >= 0, $"The rules file does not contain {old}.");
        return Text[..at] + @new + Text[(at + old.Length)..];
    }
}
