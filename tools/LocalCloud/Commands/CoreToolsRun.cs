using System.Diagnostics;
using System.Globalization;
using ServerlessScale.Local.Build;
using ServerlessScale.Local.Processes;
using ServerlessScale.Local.Sessions;
using ServerlessScale.Local.Storage;

namespace ServerlessScale.Local.Commands;

/// <summary>Runs the app in Azure Functions Core Tools. LocalCloud provides only storage, Redis and the settings.</summary>
internal static class CoreToolsRun
{
    /// <summary>
    /// The time limit for Core Tools to end before they are killed. A Ctrl-C in the terminal also reaches Core Tools, so this
    /// process only waits for them to end.
    /// </summary>
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(20);

    /// <exception cref="LocalCloudException">Core Tools are not installed, Core Tools failed, or Azurite ended by itself.</exception>
    public static async Task RunAsync(RunOptions run, CancellationToken cancellationToken)
    {
        var func = ExecutableSearch.Find("func")
            ?? throw new LocalCloudException(
                "Azure Functions Core Tools (func) were not found on the PATH. Install them (npm install -g azure-functions-core-tools@4), "
                + "or omit --host func: `dotnet run --project tools/LocalCloud` needs only the .NET SDK and Node.js.");
        var tokens = run.OpenTokens();
        var settings = run.LoadAppSettings(tokens);
        await using var azurite = await AzuriteProcess.StartAsync(
            new AzuriteOptions
            {
                DataDirectory = Path.Combine(run.DataDirectory, "azurite"),
                PreferDefaultPorts = true,
                Progress = Console.Error.WriteLine,
            },
            cancellationToken);
        settings["AzureWebJobsStorage"] = azurite.ConnectionString;
        await using var redis = run.Sessions == LocalSessionBackend.Redis ? await RedisProcess.StartAsync(cancellationToken: cancellationToken) : null;
        foreach (var (name, value) in redis?.AppSettings ?? new Dictionary<string, string>())
        {
            settings[name] = value;
        }

        Console.Error.WriteLine($"A development token:{Environment.NewLine}{tokens.Issue()}");
        using var process = Process.Start(StartInfo(func, run, settings))!;
        try
        {
            var first = await Task.WhenAny(process.WaitForExitAsync(cancellationToken), azurite.Completion);
            await first;
        }
        catch (Exception failure) when (failure is OperationCanceledException or LocalCloudException)
        {
            await StopAsync(process);
            if (failure is LocalCloudException)
            {
                throw;
            }
            return;
        }
        if (process.ExitCode != 0)
        {
            throw new LocalCloudException($"Core Tools ended with exit code {process.ExitCode}. Their output above shows the reason.");
        }
    }

    private static ProcessStartInfo StartInfo(string func, RunOptions run, Dictionary<string, string> settings)
    {
        List<string> arguments = ["start", "--port", run.Port.ToString(CultureInfo.InvariantCulture)];
        if (!run.Build)
        {
            arguments.Add("--no-build");
        }
        var start = new ProcessStartInfo(func, arguments)
        {
            // Without a build, Core Tools use the current folder as the app's folder.
            WorkingDirectory = run.Build ? FunctionAppBuild.ProjectFolder(run.Repository) : FunctionAppBuild.FindNewest(run.Repository),
            UseShellExecute = false,
        };
        // In Core Tools, environment variables override local.settings.json.
        foreach (var (name, value) in settings)
        {
            start.Environment[name] = value;
        }
        return start;
    }

    private static async Task StopAsync(Process process)
    {
        using var patience = new CancellationTokenSource(StopTimeout);
        try
        {
            await process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync(CancellationToken.None);
        }
    }
}
