using System.Diagnostics;

namespace ServerlessScale.Local.Processes;

/// <summary>
/// A child process that must end when its standard input closes. The operating system closes the pipe when the parent ends for any reason,
/// so the child does not outlive the parent. The last lines of the child's output are stored for error messages.
/// </summary>
internal sealed class LeashedProcess : IAsyncDisposable
{
    private const int RememberedLines = 20;

    private readonly string _name;
    private readonly Process _process;
    private readonly Action<string> _onLine;
    private readonly TimeSpan _stopTimeout;
    private readonly Queue<string> _lastLines = new();
    private volatile bool _stopping;

    /// <summary>Starts the process.</summary>
    /// <param name="name">The name to use in messages, such as <c>Redis</c>.</param>
    /// <param name="file">The executable.</param>
    /// <param name="arguments">The arguments of the executable.</param>
    /// <param name="workingDirectory">The folder that the process runs in.</param>
    /// <param name="stopTimeout">The time limit for the process to end before it is killed.</param>
    /// <param name="onStart">Called after the process has started and before its output is read.</param>
    /// <param name="onLine">Called for each line of output. The calls do not overlap.</param>
    /// <param name="environment">Variables in addition to the variables of this process; null for none.</param>
    public LeashedProcess(
        string name, string file, IEnumerable<string> arguments, string workingDirectory, TimeSpan stopTimeout,
        Action<Process> onStart, Action<string> onLine, IReadOnlyDictionary<string, string>? environment = null)
    {
        (_name, _onLine, _stopTimeout) = (name, onLine, stopTimeout);
        _process = new Process
        {
            StartInfo = new ProcessStartInfo(file, arguments)
            {
                WorkingDirectory = workingDirectory,
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                UseShellExecute = false,
                CreateNoWindow = true,
            },
        };
        foreach (var (variable, value) in environment ?? new Dictionary<string, string>())
        {
            _process.StartInfo.Environment[variable] = value;
        }

        _process.OutputDataReceived += (_, line) => Take(line.Data);
        _process.ErrorDataReceived += (_, line) => Take(line.Data);
        _process.Start();
        onStart(_process);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        Completion = WatchAsync();
    }

    public int Id => _process.Id;

    /// <summary>
    /// Completes after <see cref="DisposeAsync"/>. If the process ends by itself, the task fails with a <see cref="LocalCloudException"/>
    /// that quotes the last lines of output.
    /// </summary>
    public Task Completion { get; }

    /// <summary>Waits until the process is ready. If the wait fails, the owner is disposed.</summary>
    /// <param name="ready">Completes when the process is ready.</param>
    /// <param name="notReady">The beginning of the message for a timeout, such as <c>Redis was not ready</c>.</param>
    /// <param name="timeout">The maximum time until the process is ready.</param>
    /// <param name="owner">The object that owns this process and disposes it.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <exception cref="LocalCloudException">The process has ended or was not ready in time.</exception>
    public async Task WaitUntilAsync(Task ready, string notReady, TimeSpan timeout, IAsyncDisposable owner, CancellationToken cancellationToken)
    {
        try
        {
            await await Task.WhenAny(ready, Completion).WaitAsync(timeout, cancellationToken);
        }
        catch (TimeoutException)
        {
            await owner.DisposeAsync();
            throw new LocalCloudException(WithLastLines($"{notReady} within {timeout.TotalSeconds:0} seconds"));
        }
        catch
        {
            await owner.DisposeAsync();
            throw;
        }
    }

    private string WithLastLines(string what)
    {
        lock (_lastLines)
        {
            return $"{what}. Its last lines:{Environment.NewLine}  " + string.Join(Environment.NewLine + "  ", _lastLines);
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
            // The process has already ended.
        }

        try
        {
            await _process.WaitForExitAsync().WaitAsync(_stopTimeout);
        }
        catch (TimeoutException)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }

        await Completion.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _process.Dispose();
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

            _onLine(line);
        }
    }

    private async Task WatchAsync()
    {
        await _process.WaitForExitAsync();
        if (!_stopping)
        {
            throw new LocalCloudException(WithLastLines($"{_name} ended unexpectedly (exit code {_process.ExitCode})"));
        }
    }
}
