using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace ServerlessScale.HttpFuzz;

/// <summary>Collects the log entries of the host and the app at error level or above.</summary>
/// <param name="entries">Receives the text of each entry, on any thread.</param>
internal sealed class ErrorLog(ConcurrentQueue<string> entries) : ILoggerProvider
{
    private volatile bool _isClosed;

    /// <summary>Ignores further entries, such as those about work that the end of the cloud cancels.</summary>
    public void Close() => _isClosed = true;

    public ILogger CreateLogger(string categoryName) => new Category(this, categoryName);

    public void Dispose()
    {
        // There is nothing to release.
    }

    private void Add(string entry)
    {
        if (!_isClosed)
        {
            entries.Enqueue(entry);
        }
    }

    private sealed class Category(ErrorLog log, string name) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel is LogLevel.Error or LogLevel.Critical;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
            {
                log.Add($"{name}: {formatter(state, exception)} {exception}");
            }
        }
    }
}
