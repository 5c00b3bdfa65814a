using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using ServerlessScale.FunctionHost.Protocol;

namespace ServerlessScale.FunctionHost.Workers;

/// <summary>Writes a worker's log messages to the host's log with their original categories.</summary>
internal sealed class WorkerLog(ILoggerFactory loggers)
{
    /// <summary>The categories of the Functions SDK, as opposed to those of the app.</summary>
    private const string SdkCategories = "Microsoft.Azure.Functions.Worker";

    private readonly ConcurrentDictionary<string, ILogger> _byCategory = new();

    /// <param name="entry">The log message.</param>
    /// <param name="isAbandoned">
    /// Whether the client has ended the request that the message is about. The SDK's messages about such a request are debug messages,
    /// because the host has already logged the cause.
    /// </param>
    public void Write(RpcLog entry, bool isAbandoned)
    {
        var category = string.IsNullOrEmpty(entry.Category) ? "Worker" : entry.Category;
        var logger = _byCategory.GetOrAdd(category, loggers.CreateLogger);
        var level = (LogLevel)Math.Clamp((int)entry.Level, (int)LogLevel.Trace, (int)LogLevel.None);
        if (isAbandoned && level is > LogLevel.Debug and < LogLevel.None && category.StartsWith(SdkCategories, StringComparison.Ordinal))
        {
            level = LogLevel.Debug;
        }

        if (!logger.IsEnabled(level))
        {
            return;
        }

        var text = entry.Exception is null or { Message: "" }
            ? entry.Message
            : $"{entry.Message}{Environment.NewLine}{entry.Exception.Message}{Environment.NewLine}{entry.Exception.StackTrace}";
        logger.Log(level, default, text, exception: null, static (message, _) => message);
    }
}
