using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using ServerlessScale.FunctionHost.Protocol;

namespace ServerlessScale.FunctionHost.Workers;

/// <summary>Writes a worker's log messages to the host's log with their original categories.</summary>
internal sealed class WorkerLog(ILoggerFactory loggers)
{
    private readonly ConcurrentDictionary<string, ILogger> _byCategory = new();

    public void Write(RpcLog entry)
    {
        var category = string.IsNullOrEmpty(entry.Category) ? "Worker" : entry.Category;
        var logger = _byCategory.GetOrAdd(category, loggers.CreateLogger);
        var level = (LogLevel)Math.Clamp((int)entry.Level, (int)LogLevel.Trace, (int)LogLevel.None);
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
