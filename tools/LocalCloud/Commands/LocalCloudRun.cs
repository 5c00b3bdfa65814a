using Microsoft.Extensions.Logging;
using ServerlessScale.Local.Build;
using ServerlessScale.Local.Logging;
using Spectre.Console;

namespace ServerlessScale.Local.Commands;

/// <summary>Runs the app in LocalCloud's own host until cancellation is requested.</summary>
internal static class LocalCloudRun
{
    /// <exception cref="LocalCloudException">The cloud cannot start, or Azurite ended by itself.</exception>
    public static async Task RunAsync(RunOptions run, CancellationToken cancellationToken)
    {
        var tokens = run.OpenTokens();
        var settings = run.LoadAppSettings(tokens);
        using var loggers = LoggerFactory.Create(Configure);
        await using var cloud = await LocalCloud.StartAsync(
            new LocalCloudOptions
            {
                Port = run.Port,
                DataDirectory = run.DataDirectory,
                Tokens = tokens,
                AppDirectory = await AppDirectoryAsync(run, cancellationToken),
                Settings = settings,
                Orders = run.Orders,
                CosmosRegions = run.CosmosRegions,
                Sessions = run.Sessions,
                Dashboard = run.Dashboard,
                Edge = run.Edge,
                Lab = run.HasEdge,
                EdgeCountry = run.Country,
                Topology = run.Topology,
                Instances = run.Instances,
                Scale = run.Scale,
                Balancing = run.Balancing,
                PreferDefaultStoragePorts = true,
                Loggers = loggers,
                Progress = Console.Error.WriteLine,
            },
            cancellationToken);

        Welcome.Write(AnsiConsole.Console, cloud, run);
        Console.Out.WriteLine($"ready {cloud.BaseAddress.GetLeftPart(UriPartial.Authority)}");

        var samples = run.Samples ? SamplesCommand.RunAsync(cloud, cancellationToken) : Task.CompletedTask;
        if (cloud.Redis is { } redis)
        {
            _ = ReportLossAsync(
                redis.Completion, $"Cart requests get 503 until a redis-server listens on {redis.ConnectionString} again.", cancellationToken);
        }

        if (cloud.Dashboard is { } dashboard)
        {
            _ = ReportLossAsync(dashboard.Completion, "The shop keeps running without the dashboard.", cancellationToken);
        }

        var storageEnded = await Task.WhenAny(cloud.StorageEnded, Task.Delay(Timeout.Infinite, cancellationToken));
        Console.Error.WriteLine("Stopping. Waiting for running functions to end.");
        await samples;
        if (!cancellationToken.IsCancellationRequested)
        {
            await storageEnded;
        }
    }

    /// <summary>
    /// Prints a message if Redis or the dashboard ends by itself. The cloud keeps running, because the app must survive the loss of either.
    /// </summary>
    private static async Task ReportLossAsync(Task completion, string effect, CancellationToken cancellationToken)
    {
        try
        {
            await completion.WaitAsync(cancellationToken);
        }
        catch (LocalCloudException lost)
        {
            Console.Error.WriteLine(lost.Message);
            Console.Error.WriteLine(effect);
        }
        catch (OperationCanceledException)
        {
            // The cloud is being stopped.
        }
    }

    private static async Task<string> AppDirectoryAsync(RunOptions run, CancellationToken cancellationToken)
    {
        if (!run.Build)
        {
            return FunctionAppBuild.FindNewest(run.Repository);
        }
        Console.Error.WriteLine("Building the function app.");
        return await FunctionAppBuild.BuildAsync(run.Repository, cancellationToken);
    }

    private static void Configure(ILoggingBuilder logging)
    {
        // The information messages from these components would outnumber the messages from the functions.
        string[] components = ["Microsoft.AspNetCore", "Microsoft.Azure.WebJobs", "Microsoft.Hosting", "Host.Startup", "Host.Triggers", "Function.", "Yarp"];
        foreach (var category in components)
        {
            logging.AddFilter(category, LogLevel.Warning);
        }
        // The WebJobs SDK loads ASP.NET Core's data protection, which warns about an unencrypted key when a user starts LocalCloud for the
        // first time. LocalCloud does not use that key.
        logging.AddFilter("Microsoft.AspNetCore.DataProtection", LogLevel.Error);
        // The storage clients log a warning for every 404 response, and each poll of a queue that does not exist yet gets a 404.
        logging.AddFilter("Azure", LogLevel.Error);
        // The exception that this category logs with a stack trace also ends the start and is reported in one line.
        logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None);
        // Standard output is reserved for the welcome text, from which users copy commands, and for the ready line, which scripts read.
        logging.AddProvider(new ConsoleLog(
            Console.Error, TimeProvider.System,
            colour: !Console.IsErrorRedirected && Environment.GetEnvironmentVariable("NO_COLOR") is null));
    }
}
