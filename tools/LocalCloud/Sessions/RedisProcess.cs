using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using ServerlessScale.Local.Processes;

namespace ServerlessScale.Local.Sessions;

/// <summary>A redis-server on the loopback interface that stores nothing on disk. It ends when this process ends for any reason.</summary>
public sealed partial class RedisProcess : IAsyncDisposable
{
    private const int MaxAttempts = 5;

    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(15);

    private readonly LeashedProcess _process;
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<int> _redis = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private RedisProcess(string server, string node, int port)
    {
        Port = port;
        string[] arguments =
        [
            Path.Combine(AppContext.BaseDirectory, "Processes", "run-leashed.cjs"), server,
            "--port", port.ToString(CultureInfo.InvariantCulture), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--daemonize", "no",
        ];
        _process = new LeashedProcess("Redis", node, arguments, Path.GetTempPath(), StopTimeout, onStart: _ => { }, Take);
    }

    public int Port { get; }

    /// <summary>The connection string for StackExchange.Redis and for the <c>Cart__Redis__ConnectionString</c> setting.</summary>
    public string ConnectionString => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{Port}");

    /// <summary>The app settings that make the function app store carts in this Redis server.</summary>
    public IReadOnlyDictionary<string, string> AppSettings => new Dictionary<string, string>
    {
        ["Cart__Store"] = "redis",
        ["Cart__Redis__ConnectionString"] = ConnectionString,
    };

    /// <summary>The process id of redis-server. Tests use it to kill or pause the process.</summary>
    public int ProcessId => _redis.Task.Result;

    /// <summary>
    /// Completes after <see cref="DisposeAsync"/>. If Redis ends by itself, the task fails with a <see cref="LocalCloudException"/> that
    /// quotes the last lines of output.
    /// </summary>
    public Task Completion => _process.Completion;

    /// <summary>Starts Redis and waits until it accepts connections.</summary>
    /// <param name="port">The port on the loopback interface; 0 selects a free port.</param>
    /// <param name="searchPath">The folders to search for redis-server and node; null for the PATH variable.</param>
    /// <param name="cancellationToken">Cancels the start.</param>
    /// <exception cref="LocalCloudException">redis-server or node is not installed, or Redis did not start.</exception>
    public static async Task<RedisProcess> StartAsync(int port = 0, string? searchPath = null, CancellationToken cancellationToken = default)
    {
        var server = ExecutableSearch.Find("redis-server", searchPath)
            ?? throw new LocalCloudException(
                "redis-server was not found on the PATH. Install Redis (Debian and Ubuntu: apt-get install redis-server; "
                + "macOS: brew install redis; Windows: run this in WSL), or omit --sessions redis to store carts in tables.");
        var node = ExecutableSearch.Find("node", searchPath)
            ?? throw new LocalCloudException("node was not found on the PATH. LocalCloud needs Node.js 18 or later.");
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await StartAsync(server, node, port == 0 ? FreePort() : port, cancellationToken);
            }
            catch (LocalCloudException failure)
                when (port == 0 && attempt < MaxAttempts && failure.Message.Contains("Address already in use", StringComparison.Ordinal))
            {
                // redis-server cannot select a free port itself, and another process has taken the port that was free a moment ago.
            }
        }
    }

    public ValueTask DisposeAsync() => _process.DisposeAsync();

    private static async Task<RedisProcess> StartAsync(string server, string node, int port, CancellationToken cancellationToken)
    {
        var redis = new RedisProcess(server, node, port);
        await redis._process.WaitUntilAsync(
            Task.WhenAll(redis._ready.Task, redis._redis.Task), "Redis was not ready", StartTimeout, redis, cancellationToken);
        return redis;
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private void Take(string line)
    {
        if (RunsLine().Match(line) is { Success: true } match)
        {
            _redis.TrySetResult(int.Parse(match.Groups["id"].Value, CultureInfo.InvariantCulture));
        }
        else if (line.Contains("Ready to accept connections", StringComparison.Ordinal))
        {
            _ready.TrySetResult();
        }
    }

    [GeneratedRegex(@"^program runs as (?<id>\d+)$")]
    private static partial Regex RunsLine();
}
