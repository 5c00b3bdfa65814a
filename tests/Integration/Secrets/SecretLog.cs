using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace ServerlessScale.Tests.Integration.Secrets;

/// <summary>Stores all log records of the hosts, the workers and the edge: their text, their values, their scopes and their exceptions.</summary>
internal sealed class SecretLog : ILoggerProvider
{
    private readonly ConcurrentQueue<(string Place, string Text)> _records = new();

    public IReadOnlyList<(string Place, string Text)> Records => [.. _records];

    /// <summary>Creates a factory that passes on records of every level.</summary>
    public ILoggerFactory Factory() => LoggerFactory.Create(logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(this));

    public ILogger CreateLogger(string categoryName) => new Category(this, categoryName);

    public void Dispose()
    {
        // There is nothing to release.
    }

    private static string TextOf<TState>(TState state) =>
        state is IEnumerable<KeyValuePair<string, object?>> values ? string.Join(' ', values.Select(value => $"{value.Key}={value.Value}")) : $"{state}";

    private sealed class Category(SecretLog log, string name) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull
        {
            log._records.Enqueue(($"the scopes of {name}", TextOf(state)));
            return null;
        }

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            log._records.Enqueue(($"the log of {name}", $"{formatter(state, exception)} {TextOf(state)} {exception}"));
    }
}
