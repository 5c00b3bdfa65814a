using Microsoft.Extensions.Logging;

namespace ServerlessScale.Local.Host;

/// <summary>What one instance runs, and where.</summary>
internal sealed record FunctionHostOptions
{
    /// <summary>The function app's build output.</summary>
    public required string AppDirectory { get; init; }

    /// <summary>Where to serve HTTP; 0 for any free port.</summary>
    public int Port { get; init; }

    /// <summary>App settings: the worker's environment, and where triggers find their connections.</summary>
    public required IReadOnlyDictionary<string, string> Settings { get; init; }

    /// <summary>What the worker's environment has instead.</summary>
    public required IReadOnlyDictionary<string, string> WorkerSettings { get; init; }

    /// <summary>Where this instance notes its worker. No other may have the same.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>Where timers remember when they last ran; the same for all instances.</summary>
    public required string ScheduleDirectory { get; init; }

    /// <summary>Lets each timer run on one of several instances; null for an instance that is alone.</summary>
    public TimerLocks? TimerLocks { get; init; }

    public required ILoggerFactory Loggers { get; init; }
}
