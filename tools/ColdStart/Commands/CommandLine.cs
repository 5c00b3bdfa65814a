using System.CommandLine;

namespace ServerlessScale.ColdStart.Commands;

/// <summary>The arguments of <c>dotnet run -c Release --project tools/ColdStart --</c>.</summary>
internal static class CommandLine
{
    /// <summary>Without a subcommand, the program measures on this machine.</summary>
    public static RootCommand Root()
    {
        var root = new RootCommand("Measures cold starts of the function app against an empty isolated worker, and shows what each setting of the start costs or saves.");
        LocalCommand.AddTo(root);
        root.Subcommands.Add(LocalCommand.Create());
        root.Subcommands.Add(TopologyCommand.Create());
        root.Subcommands.Add(UrlCommand.Create());
        root.Subcommands.Add(BurstCommand.Create());
        root.Subcommands.Add(AlwaysReadyCommand.Create());
        return root;
    }
}
