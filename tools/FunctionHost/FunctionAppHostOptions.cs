using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using ServerlessScale.FunctionHost.Triggers;

namespace ServerlessScale.FunctionHost;

/// <summary>The app, settings, port and folders of one instance.</summary>
public sealed record FunctionAppHostOptions
{
    /// <summary>The function app's build or publish output.</summary>
    public required string AppDirectory { get; init; }

    /// <summary>The HTTP port on the loopback interface. The default, 0, selects a free port.</summary>
    public int Port { get; init; }

    /// <summary>
    /// The app settings. They become environment variables of the worker, and triggers read their connection strings from them.
    /// </summary>
    public required IReadOnlyDictionary<string, string> Settings { get; init; }

    /// <summary>Settings that override <see cref="Settings"/> in the worker's environment, but not for the triggers.</summary>
    public IReadOnlyDictionary<string, string> WorkerSettings { get; init; } = new Dictionary<string, string>();

    /// <summary>A folder that no other instance uses. The host records the worker's process id in it.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>
    /// The folder in which timers record their last run, shared by all instances of the app. The default is the <c>timers</c> folder in
    /// <see cref="DataDirectory"/>.
    /// </summary>
    public string? ScheduleDirectory { get; init; }

    /// <summary>
    /// The locks that all instances of the app share. They ensure that each timer fires on only one instance. The default, null, suits a
    /// single instance.
    /// </summary>
    public TimerLocks? TimerLocks { get; init; }

    /// <summary>
    /// Whether to run only the HTTP functions. Without queue and timer functions, no storage account is needed. The default is false.
    /// </summary>
    public bool HttpOnly { get; init; }

    /// <summary>
    /// Middleware of the host's HTTP server that receives each request before the functions, and passes on the requests that it does not
    /// handle itself. Azure's host has no such middleware. The default, null, adds none.
    /// </summary>
    public Func<HttpContext, RequestDelegate, Task>? BeforeFunctions { get; init; }

    /// <summary>
    /// The delay before a new worker is started after the third loss of a worker within 30 minutes. In this case, Azure's host exits, and
    /// the platform starts a new host. During this time, requests get 503 and no messages are received. The default is 2 seconds.
    /// </summary>
    public TimeSpan RestartTime { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Whether the third loss of a worker within 30 minutes restarts the host, as in Azure. A host that stops leaves the messages that it has
    /// just received invisible for ten minutes, which is the time for which the WebJobs SDK receives them. A test that kills many workers
    /// sets the value to false, so that it need not wait for these messages. The default is true.
    /// </summary>
    public bool RestartsAfterLosses { get; init; } = true;

    /// <summary>Receives the logs of the host and the worker. The default discards them.</summary>
    public ILoggerFactory Loggers { get; init; } = NullLoggerFactory.Instance;
}
