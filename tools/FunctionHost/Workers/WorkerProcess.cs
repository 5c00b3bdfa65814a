using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.Extensions.Logging;
using ServerlessScale.FunctionHost.Metadata;

namespace ServerlessScale.FunctionHost.Workers;

/// <summary>The operating system process of a worker, started with the same command line as in Azure.</summary>
internal sealed partial class WorkerProcess : IAsyncDisposable
{
    private const int RememberedLines = 40;

    /// <summary>
    /// A shell command that starts the worker on a leash and protects it from signals to the host's process group.
    /// <para>
    /// Ctrl-C in a terminal sends SIGINT to every process in the foreground process group, and a service manager may send SIGTERM to the
    /// group. If the worker stopped immediately, the requests that the host is draining would fail. Therefore, only the host stops the
    /// worker. Where setsid(1) exists, it puts the worker into a session of its own. Elsewhere, the worker ignores SIGINT, because an
    /// ignored signal remains ignored after exec(2) and .NET leaves SIGINT ignored, but SIGTERM to the group stops it. On Windows, the
    /// worker has no console (<see cref="ProcessStartInfo.CreateNoWindow"/>), so Ctrl-C does not reach it.
    /// </para>
    /// <para>
    /// The leash is a background process of the shell that reads the standard input, which is a pipe from the host. The operating system
    /// closes the pipe when the host ends for any reason, even by SIGKILL. The background process then kills the worker, which has the same
    /// process id as the shell that started it. The background process does not keep the worker's output open, because the host reads the
    /// output until it is closed.
    /// </para>
    /// </summary>
    private const string LeashedStart =
        "trap '' INT TERM HUP; exec 3<&0; { while read -r _ <&3; do :; done; kill -KILL $$; } >/dev/null 2>&1 & "
        + "set -- \"$0\" \"$@\"; if command -v setsid >/dev/null; then set -- setsid \"$@\"; fi; exec \"$@\" </dev/null 3<&-";

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _lastLines = new();
    private readonly ILogger _logger;

    private WorkerProcess(Process process, ILogger logger)
    {
        _process = process;
        _logger = logger;
    }

    /// <summary>The process id, which remains readable after the process has been disposed.</summary>
    public int Id { get; private set; }

    public int ExitCode => _process.ExitCode;

    public void NoteIn(ProcessNote note) => note.Write(_process);

    /// <summary>The last lines of the worker's output, for messages about its exit.</summary>
    public string LastOutput => string.Join(Environment.NewLine, _lastLines);

    public Task Exited => _process.WaitForExitAsync();

    public static WorkerProcess Start(
        WorkerConfig config, string appDirectory, string workerId, Uri hostUri, IReadOnlyDictionary<string, string> environment, ILogger logger)
    {
        string[] arguments =
        [
            config.WorkerPath,
            "--functions-uri", hostUri.AbsoluteUri,
            "--functions-worker-id", workerId,
            "--functions-request-id", Guid.NewGuid().ToString(),
            "--functions-grpc-max-message-length", int.MaxValue.ToString(System.Globalization.CultureInfo.InvariantCulture),
        ];
        var start = OperatingSystem.IsWindows()
            ? new ProcessStartInfo(config.Executable, arguments)
            : new ProcessStartInfo("/bin/sh", ["-c", LeashedStart, config.Executable, .. arguments]);
        start.WorkingDirectory = appDirectory;
        start.UseShellExecute = false;
        start.CreateNoWindow = true;
        start.RedirectStandardInput = true;
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;

        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        start.Environment["FUNCTIONS_WORKER_RUNTIME"] = "dotnet-isolated";
        start.Environment["FUNCTIONS_APPLICATION_DIRECTORY"] = appDirectory;

        var worker = new WorkerProcess(new Process { StartInfo = start }, logger);
        worker._process.OutputDataReceived += (_, line) => worker.Remember(line.Data);
        worker._process.ErrorDataReceived += (_, line) => worker.Remember(line.Data);
        worker._process.Start();
        worker.Id = worker._process.Id;
        worker._process.BeginOutputReadLine();
        worker._process.BeginErrorReadLine();
        return worker;
    }

    /// <summary>Kills the process immediately (SIGKILL).</summary>
    public void Kill()
    {
        try
        {
            _process.Kill(entireProcessTree: true);
        }
        catch (InvalidOperationException)
        {
            // The process has already ended.
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            Kill();
            await _process.WaitForExitAsync();
        }

        try
        {
            // The process that holds the worker's leash ends when this pipe closes.
            _process.StandardInput.Close();
        }
        catch (IOException)
        {
            // The process at the other end of the pipe has already been killed together with the worker.
        }

        _process.Dispose();
    }

    private void Remember(string? line)
    {
        if (string.IsNullOrWhiteSpace(line))
        {
            return;
        }

        _lastLines.Enqueue(line);
        while (_lastLines.Count > RememberedLines)
        {
            _lastLines.TryDequeue(out _);
        }

        LogOutput(line);
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "{Line}")]
    private partial void LogOutput(string line);
}
