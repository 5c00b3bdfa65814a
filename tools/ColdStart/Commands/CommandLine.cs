using System.CommandLine;

namespace ServerlessScale.ColdStart.Commands;

/// <summary>The command line of <c>dotnet run -c Release --project tools/ColdStart --</c>.</summary>
internal static class CommandLine
{
    /// <summary>Creates the root command, which measures on this machine when no subcommand is specified.</summary>
    public static RootCommand Root()
    {
        var root = new RootCommand(
            "Measures cold starts of the function app, compares them with an empty isolated worker, and shows how much time each startup setting "
            + "costs or saves.");
        LocalCommand.AddTo(root);
        root.Subcommands.Add(LocalCommand.Create());
        root.Subcommands.Add(TopologyCommand.Create());
        root.Subcommands.Add(UrlCommand.Create());
        root.Subcommands.Add(BurstCommand.Create());
        root.Subcommands.Add(AlwaysReadyCommand.Create());
        return root;
    }
}
