using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using ServerlessScale.FunctionHost.Triggers;

namespace ServerlessScale.FunctionHost;

/// <summary>Which app one instance runs, and where.</summary>
public sealed record FunctionAppHostOptions
{
    /// <summary>The function app's build or publish output.</summary>
    public required string AppDirectory { get; init; }

    /// <summary>The HTTP port on loopback; 0, the default, takes a free one.</summary>
    public int Port { get; init; }

    /// <summary>The app settings. They become the worker's environment, and triggers find their connection strings in them.</summary>
    public required IReadOnlyDictionary<string, string> Settings { get; init; }

    /// <summary>Settings that replace those of <see cref="Settings"/> in the worker's environment, but not for the triggers.</summary>
    public IReadOnlyDictionary<string, string> WorkerSettings { get; init; } = new Dictionary<string, string>();

    /// <summary>A folder that belongs to this instance alone. The host records the worker's process id in it.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>Where timers record their last run. Instances of one app share it. By default, the folder <c>timers</c> in <see cref="DataDirectory"/>.</summary>
    public string? ScheduleDirectory { get; init; }

    /// <summary>Locks that instances of one app share, so that a timer fires on one of them; null, the default, for a single instance.</summary>
    public TimerLocks? TimerLocks { get; init; }

    /// <summary>Whether to serve HTTP functions alone. Queue and timer functions do not run, so no storage account is needed. Default false.</summary>
    public bool HttpOnly { get; init; }

    /// <summary>Receives the log of the host and of the worker; the default discards it.</summary>
    public ILoggerFactory Loggers { get; init; } = NullLoggerFactory.Instance;
}
