using System.Globalization;
using Microsoft.Extensions.Logging;
using Yarp.ReverseProxy.Forwarder;

namespace ServerlessScale.Local.Logging;

/// <summary>
/// Writes each log entry as one short line with the time, the level, the last segment of the category, and the message. Repeated failures
/// are summarised (<see cref="RepeatedFailures"/>), successful health probes are not written, and a client's fault has no stack trace.
/// </summary>
internal sealed class ConsoleLog : ILoggerProvider
{
    private const string Reset = "\e[0m";

    private static readonly TimeSpan SummaryInterval = TimeSpan.FromSeconds(1);

    /// <summary>The functions that the edge and other probes call every few seconds.</summary>
    private static readonly string[] Probes = ["HealthLive", "HealthReady"];

    private readonly TextWriter _writer;
    private readonly TimeProvider _time;
    private readonly bool _colour;
    private readonly Lock _gate = new();
    private readonly RepeatedFailures _failures;
    private readonly ITimer _timer;

    /// <param name="writer">Receives the lines.</param>
    /// <param name="time">The clock for the time of each line and for the summaries.</param>
    /// <param name="colour">Whether the level is written in colour.</param>
    public ConsoleLog(TextWriter writer, TimeProvider time, bool colour)
    {
        (_writer, _time, _colour) = (writer, time, colour);
        _failures = new RepeatedFailures(time);
        _timer = time.CreateTimer(_ => WriteSummaries(ending: false), null, SummaryInterval, SummaryInterval);
    }

    public ILogger CreateLogger(string categoryName) => new Category(this, categoryName[(categoryName.LastIndexOf('.') + 1)..]);

    public void Dispose()
    {
        _timer.Dispose();
        WriteSummaries(ending: true);
    }

    private void Write(LogLevel level, string category, string message)
    {
        lock (_gate)
        {
            if (level < LogLevel.Warning || _failures.IsNew(level, category, message))
            {
                WriteLine(level, category, message);
            }
        }
    }

    private void WriteSummaries(bool ending)
    {
        lock (_gate)
        {
            foreach (var (level, category, text) in _failures.TakeSummaries(ending))
            {
                WriteLine(level, category, text);
            }
        }
    }

    private void WriteLine(LogLevel level, string category, string message)
    {
        var (name, colour) = level switch
        {
            LogLevel.Trace => ("trace", "\e[90m"),
            LogLevel.Debug => ("debug", "\e[90m"),
            LogLevel.Information => ("info ", "\e[32m"),
            LogLevel.Warning => ("warn ", "\e[33m"),
            LogLevel.Error => ("error", "\e[31m"),
            _ => ("fatal", "\e[31;1m"),
        };
        var time = _time.GetLocalNow().ToString("HH:mm:ss.fff", CultureInfo.InvariantCulture);
        _writer.WriteLine(_colour ? $"{time} {colour}{name}{Reset} {category}: {message}" : $"{time} {name} {category}: {message}");
    }

    private sealed class Category(ConsoleLog log, string name) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsFaultOfClient(state))
            {
                // The edge's proxy logs a malformed, slow or incomplete request body as a warning with a stack trace of about a hundred lines.
                log.Write(LogLevel.Information, name, $"{formatter(state, exception)} {Cause(exception)}".TrimEnd());
                return;
            }

            // The WebJobs SDK logs telemetry entries with empty messages.
            if (formatter(state, exception) is { Length: > 0 } message && !IsProbe(logLevel, state))
            {
                log.Write(logLevel, name, exception is null ? message.TrimEnd() : $"{message.TrimEnd()}{Environment.NewLine}{exception}");
            }
        }

        private static bool IsFaultOfClient<TState>(TState state) =>
            state is IReadOnlyList<KeyValuePair<string, object?>> values && values.Any(value => value.Value is ForwarderError.RequestBodyClient);

        private static string? Cause(Exception? exception) => exception?.InnerException is { } inner ? Cause(inner) : exception?.Message;

        private static bool IsProbe<TState>(LogLevel level, TState state) =>
            level <= LogLevel.Information
            && state is IReadOnlyList<KeyValuePair<string, object?>> values
            && values.Any(value => value.Key == "Function" && Probes.Contains(value.Value as string));
    }
}
