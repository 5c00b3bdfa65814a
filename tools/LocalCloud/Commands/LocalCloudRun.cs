using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;
using ServerlessScale.Local.Build;
using ServerlessScale.Local.Identity;
using ServerlessScale.Local.Sessions;
using Spectre.Console;

namespace ServerlessScale.Local.Commands;

/// <summary>The run command with LocalCloud's own host. It runs until it is cancelled.</summary>
internal static class LocalCloudRun
{
    /// <exception cref="LocalCloudException">The cloud cannot start, or Azurite ended by itself.</exception>
    public static async Task RunAsync(RunOptions run, CancellationToken cancellationToken)
    {
        var settings = run.LoadAppSettings(DevelopmentTokens.Open(run.DataDirectory));
        using var loggers = LoggerFactory.Create(Configure);
        await using var cloud = await LocalCloud.StartAsync(
            new LocalCloudOptions
            {
                Port = run.Port,
                DataDirectory = run.DataDirectory,
                AppDirectory = await AppDirectoryAsync(run, cancellationToken),
                Settings = settings,
                Orders = run.Orders,
                Sessions = run.Sessions,
                Edge = run.Edge,
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

        if (cloud.Redis is { } redis)
        {
            _ = ReportLossAsync(redis, cancellationToken);
        }

        var storageEnded = await Task.WhenAny(cloud.StorageEnded, Task.Delay(Timeout.Infinite, cancellationToken));
        Console.Error.WriteLine("Stopping: waiting for running functions to end.");
        if (!cancellationToken.IsCancellationRequested)
        {
            await storageEnded;
        }
    }

    /// <summary>Prints a message if Redis ends. The cloud keeps running, because the app must survive the loss of Redis.</summary>
    private static async Task ReportLossAsync(RedisProcess redis, CancellationToken cancellationToken)
    {
        try
        {
            await redis.Completion.WaitAsync(cancellationToken);
        }
        catch (LocalCloudException lost)
        {
            Console.Error.WriteLine(lost.Message);
            Console.Error.WriteLine($"Carts return 503 until a redis-server listens on {redis.ConnectionString} again.");
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
        // The information messages of these components would outnumber those of the functions.
        string[] components = ["Microsoft.AspNetCore", "Microsoft.Azure.WebJobs", "Microsoft.Hosting", "Host.Startup", "Host.Triggers", "Function.", "Yarp"];
        foreach (var category in components)
        {
            logging.AddFilter(category, LogLevel.Warning);
        }
        // The WebJobs SDK loads data protection, which warns on a user's first start about an unencrypted key. Nothing here uses that key.
        logging.AddFilter("Microsoft.AspNetCore.DataProtection", LogLevel.Error);
        // The storage clients log a warning for every 404 response. A queue that does not exist yet returns 404 at every poll.
        logging.AddFilter("Azure", LogLevel.Error);
        logging.AddConsole(console => console.FormatterName = LogLineFormatter.FormatterName);
        logging.AddConsoleFormatter<LogLineFormatter, ConsoleFormatterOptions>();
        // Standard output is reserved for the welcome and the ready line, which people copy and scripts read.
        logging.Services.Configure<ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
    }
}
