using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;
using ServerlessScale.Local.Build;
using ServerlessScale.Local.Identity;
using ServerlessScale.Local.Sessions;
using Spectre.Console;

namespace ServerlessScale.Local.Commands;

/// <summary>The run command with LocalCloud's own host, until it is cancelled.</summary>
internal static class LocalCloudRun
{
    /// <exception cref="LocalCloudException">It cannot start, or storage ended by itself.</exception>
    public static async Task RunAsync(RunOptions run, CancellationToken cancellationToken)
    {
        var settings = AppSettings.Load(run, DevelopmentTokens.Open(run.DataDirectory));
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
            _ = TellWhenLostAsync(redis, cancellationToken);
        }

        var storageEnded = await Task.WhenAny(cloud.StorageEnded, Task.Delay(Timeout.Infinite, cancellationToken));
        Console.Error.WriteLine("Stopping: running functions get time to end.");
        if (!cancellationToken.IsCancellationRequested)
        {
            await storageEnded;
        }
    }

    /// <summary>What the app depends on may well be lost: it says so itself, and goes on once it is back.</summary>
    private static async Task TellWhenLostAsync(RedisProcess redis, CancellationToken cancellationToken)
    {
        try
        {
            await redis.Completion.WaitAsync(cancellationToken);
        }
        catch (LocalCloudException lost)
        {
            Console.Error.WriteLine(lost.Message);
            Console.Error.WriteLine($"Carts answer 503 until a redis-server listens on {redis.ConnectionString} again.");
        }
        catch (OperationCanceledException)
        {
            // It was there to the end.
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
        // What the machinery says about itself buries what the functions say.
        string[] machinery = ["Microsoft.AspNetCore", "Microsoft.Azure.WebJobs", "Microsoft.Hosting", "Host.Startup", "Host.Triggers", "Function.", "Yarp"];
        foreach (var category in machinery)
        {
            logging.AddFilter(category, LogLevel.Warning);
        }
        // WebJobs brings data protection, which on a user's first start warns of a key that nothing here is protected with.
        logging.AddFilter("Microsoft.AspNetCore.DataProtection", LogLevel.Error);
        // The storage clients warn of every 404, and a queue that nobody has written to yet is asked for every second.
        logging.AddFilter("Azure", LogLevel.Error);
        logging.AddConsole(console => console.FormatterName = LogLineFormatter.FormatterName);
        logging.AddConsoleFormatter<LogLineFormatter, ConsoleFormatterOptions>();
        // Standard output has the welcome and the ready line, for people to copy and scripts to read.
        logging.Services.Configure<ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
    }
}
