using System.Globalization;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace ServerlessScale.Local.Commands;

/// <summary>
/// Formats a log entry as one short line with the time, the level, the last segment of the category, and the message. .NET's own formatters
/// add event ids and full category names.
/// </summary>
internal sealed class LogLineFormatter() : ConsoleFormatter(FormatterName)
{
    public const string FormatterName = "log-line";

    private const string Reset = "\e[0m";
    private static readonly bool Colour = !Console.IsErrorRedirected && Environment.GetEnvironmentVariable("NO_COLOR") is null;

    public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        // The WebJobs SDK logs telemetry entries with empty messages.
        if (logEntry.Formatter(logEntry.State, logEntry.Exception) is not { Length: > 0 } message)
        {
            return;
        }

        var (level, colour) = logEntry.LogLevel switch
        {
            LogLevel.Trace => ("trace", "\e[90m"),
            LogLevel.Debug => ("debug", "\e[90m"),
            LogLevel.Information => ("info ", "\e[32m"),
            LogLevel.Warning => ("warn ", "\e[33m"),
            LogLevel.Error => ("error", "\e[31m"),
            _ => ("fatal", "\e[31;1m"),
        };
        var category = logEntry.Category[(logEntry.Category.LastIndexOf('.') + 1)..];
        var time = DateTime.Now.ToString("HH:mm:ss.fff", CultureInfo.InvariantCulture);
        textWriter.Write(Colour ? $"{time} {colour}{level}{Reset} {category}: " : $"{time} {level} {category}: ");
        textWriter.WriteLine(message.TrimEnd());
        if (logEntry.Exception is { } exception)
        {
            textWriter.WriteLine(exception);
        }
    }
}
