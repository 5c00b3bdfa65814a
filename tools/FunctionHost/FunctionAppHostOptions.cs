using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using ServerlessScale.FunctionHost.Triggers;

namespace ServerlessScale.FunctionHost;

/// <summary>What one instance runs, and where.</summary>
public sealed record FunctionAppHostOptions
{
    /// <summary>The function app's build output.</summary>
    public required string AppDirectory { get; init; }

    /// <summary>Where to serve HTTP; 0 for any free port.</summary>
    public int Port { get; init; }

    /// <summary>App settings: the worker's environment, and where triggers find their connections.</summary>
    public required IReadOnlyDictionary<string, string> Settings { get; init; }

    /// <summary>What the worker's environment has instead.</summary>
    public IReadOnlyDictionary<string, string> WorkerSettings { get; init; } = new Dictionary<string, string>();

    /// <summary>Where this instance notes its worker. No other may have the same.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>Where timers remember when they last ran; the same for all instances. By default, a folder in <see cref="DataDirectory"/>.</summary>
    public string? ScheduleDirectory { get; init; }

    /// <summary>Lets each timer run on one of several instances; null for an instance that is alone.</summary>
    public TimerLocks? TimerLocks { get; init; }

    /// <summary>Serves HTTP functions only: queues and timers start nothing, and no storage is needed.</summary>
    public bool HttpOnly { get; init; }

    /// <summary>Gets the host's and the worker's log; discards it by default.</summary>
    public ILoggerFactory Loggers { get; init; } = NullLoggerFactory.Instance;
}
