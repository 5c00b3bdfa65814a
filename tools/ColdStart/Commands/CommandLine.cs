using System.CommandLine;
using ServerlessScale.FunctionHost;
using ServerlessScale.Local;

namespace ServerlessScale.ColdStart.Commands;

/// <summary>What can be typed after <c>dotnet run -c Release --project tools/ColdStart --</c>.</summary>
internal static class CommandLine
{
    /// <returns>The exit code: 0, or 1 after a failure or bad options.</returns>
    public static async Task<int> RunAsync(string[] arguments)
    {
        try
        {
            return await Root().Parse(arguments).InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
        }
        catch (Exception failure) when (failure is LocalCloudException or FunctionHostException or HttpRequestException or IOException or UnauthorizedAccessException)
        {
            await Console.Error.WriteLineAsync(failure.Message);
            return 1;
        }
        catch (OperationCanceledException)
        {
            await Console.Error.WriteLineAsync("Stopped.");
            return 1;
        }
    }

    /// <summary>Without a subcommand it measures locally.</summary>
    public static RootCommand Root()
    {
        var root = new RootCommand("Measures cold starts of the function app against an empty isolated worker, and says what makes them shorter.");
        LocalCommand.AddTo(root);
        root.Subcommands.Add(LocalCommand.Create());
        root.Subcommands.Add(TopologyCommand.Create());
        root.Subcommands.Add(UrlCommand.Create());
        root.Subcommands.Add(BurstCommand.Create());
        root.Subcommands.Add(AlwaysReadyCommand.Create());
        return root;
    }
}
