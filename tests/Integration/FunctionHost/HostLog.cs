using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace ServerlessScale.Tests.Integration.FunctionHost;

/// <summary>Stores the log entries of a host and its worker.</summary>
internal sealed class HostLog : ILoggerProvider
{
    public ConcurrentQueue<(LogLevel Level, string Text)> Entries { get; } = new();

    public ILogger CreateLogger(string categoryName) => new Category(this, categoryName);

    public void Dispose()
    {
        // There is nothing to release.
    }

    private sealed class Category(HostLog log, string name) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            log.Entries.Enqueue((logLevel, $"{name}: {formatter(state, exception)}{exception}"));
    }
}
