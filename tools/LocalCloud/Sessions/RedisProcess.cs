using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using ServerlessScale.Local.Processes;

namespace ServerlessScale.Local.Sessions;

/// <summary>A redis-server on loopback that keeps nothing on disk. It ends with this process, however that ends.</summary>
public sealed partial class RedisProcess : IAsyncDisposable
{
    private const int MostPorts = 5;
    private const int RememberedLines = 20;

    private static readonly TimeSpan s_startTimeout = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan s_stopTimeout = TimeSpan.FromSeconds(15);

    private readonly Process _process;
    private readonly Queue<string> _lastLines = new();
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<int> _redis = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _stopping;

    private RedisProcess(Process process, int port)
    {
        Port = port;
        _process = process;
        _process.OutputDataReceived += (_, line) => Take(line.Data);
        _process.ErrorDataReceived += (_, line) => Take(line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        Completion = WatchAsync();
    }

    public int Port { get; }

    /// <summary>For StackExchange.Redis, e.g. as <c>Cart__Redis__ConnectionString</c>.</summary>
    public string ConnectionString => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{Port}");

    /// <summary>What tells the function app to keep carts here.</summary>
    public IReadOnlyDictionary<string, string> AppSettings => new Dictionary<string, string>
    {
        ["Cart__Store"] = "redis",
        ["Cart__Redis__ConnectionString"] = ConnectionString,
    };

    /// <summary>The operating system's id of redis-server, for those who want to harm it.</summary>
    public int ProcessId => _redis.Task.Result;

    /// <summary>Completes once Redis was stopped; faults with a <see cref="LocalCloudException"/> that shows its last lines if it ends by itself.</summary>
    public Task Completion { get; }

    /// <param name="port">0 takes a free one.</param>
    /// <param name="searchPath">Where redis-server and node are looked for; null means the PATH variable.</param>
    /// <exception cref="LocalCloudException">One of them is not installed, or Redis does not start.</exception>
    public static async Task<RedisProcess> StartAsync(int port = 0, string? searchPath = null, CancellationToken cancellationToken = default)
    {
        var server = ExecutableSearch.Find("redis-server", searchPath)
            ?? throw new LocalCloudException(
                "redis-server was not found on the PATH. Install Redis (Debian and Ubuntu: apt-get install redis-server; "
                + "macOS: brew install redis; Windows: run this in WSL), or leave out --sessions redis: carts are kept in tables then.");
        var node = ExecutableSearch.Find("node", searchPath)
            ?? throw new LocalCloudException("node was not found on the PATH; LocalCloud needs Node.js 18 or later.");
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await StartAsync(server, node, port == 0 ? FreePort() : port, cancellationToken);
            }
            catch (LocalCloudException failure)
                when (port == 0 && attempt < MostPorts && failure.Message.Contains("Address already in use", StringComparison.Ordinal))
            {
                // Redis cannot be told to take a free port, and somebody else was quicker.
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        _stopping = true;
        try
        {
            _process.StandardInput.Close();
        }
        catch (Exception failure) when (failure is IOException or InvalidOperationException)
        {
            // It has ended already.
        }

        try
        {
            await _process.WaitForExitAsync().WaitAsync(s_stopTimeout);
        }
        catch (TimeoutException)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }

        await Completion.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _process.Dispose();
    }

    private static async Task<RedisProcess> StartAsync(string server, string node, int port, CancellationToken cancellationToken)
    {
        var redis = new RedisProcess(new Process { StartInfo = StartInfo(server, node, port) }, port);
        try
        {
            await await Task.WhenAny(Task.WhenAll(redis._ready.Task, redis._redis.Task), redis.Completion)
                .WaitAsync(s_startTimeout, cancellationToken);
            return redis;
        }
        catch (TimeoutException)
        {
            await redis.DisposeAsync();
            throw new LocalCloudException(redis.WithLastLines($"Redis was not ready within {s_startTimeout.TotalSeconds:0} seconds"));
        }
        catch
        {
            await redis.DisposeAsync();
            throw;
        }
    }

    private static ProcessStartInfo StartInfo(string server, string node, int port)
    {
        string[] arguments =
        [
            Path.Combine(AppContext.BaseDirectory, "Sessions", "run-redis.cjs"), server,
            "--port", port.ToString(CultureInfo.InvariantCulture), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--daemonize", "no",
        ];
        return new ProcessStartInfo(node, arguments)
        {
            WorkingDirectory = Path.GetTempPath(),
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            CreateNoWindow = true,
        };
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private void Take(string? line)
    {
        if (string.IsNullOrWhiteSpace(line))
        {
            return;
        }

        lock (_lastLines)
        {
            _lastLines.Enqueue(line);
            if (_lastLines.Count > RememberedLines)
            {
                _lastLines.Dequeue();
            }
        }

        if (RunsLine().Match(line) is { Success: true } match)
        {
            _redis.TrySetResult(int.Parse(match.Groups["id"].Value, CultureInfo.InvariantCulture));
        }
        else if (line.Contains("Ready to accept connections", StringComparison.Ordinal))
        {
            _ready.TrySetResult();
        }
    }

    private async Task WatchAsync()
    {
        await _process.WaitForExitAsync();
        if (!_stopping)
        {
            throw new LocalCloudException(WithLastLines($"Redis ended unexpectedly (exit code {_process.ExitCode})"));
        }
    }

    private string WithLastLines(string what)
    {
        lock (_lastLines)
        {
            return $"{what}. Its last lines:{Environment.NewLine}  " + string.Join(Environment.NewLine + "  ", _lastLines);
        }
    }

    [GeneratedRegex(@"^redis-server runs as (?<id>\d+)$")]
    private static partial Regex RunsLine();
}
