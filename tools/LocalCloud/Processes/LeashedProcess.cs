using System.Diagnostics;

namespace ServerlessScale.Local.Processes;

/// <summary>
/// A running child process that ends when its standard input does, so that it outlives nobody, however its parent ends. Its last lines are
/// kept, to be shown should it fail.
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

    /// <summary>Starts it.</summary>
    /// <param name="name">For messages.</param>
    /// <param name="file">The executable.</param>
    /// <param name="arguments">What it is started with.</param>
    /// <param name="workingDirectory">Where it runs.</param>
    /// <param name="stopTimeout">How long it has to end before it is killed.</param>
    /// <param name="onStart">Called before anything it says is read.</param>
    /// <param name="onLine">Given each line that it says, one at a time.</param>
    public LeashedProcess(
        string name, string file, IEnumerable<string> arguments, string workingDirectory, TimeSpan stopTimeout,
        Action<Process> onStart, Action<string> onLine)
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
        _process.OutputDataReceived += (_, line) => Take(line.Data);
        _process.ErrorDataReceived += (_, line) => Take(line.Data);
        _process.Start();
        onStart(_process);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        Completion = WatchAsync();
    }

    public int Id => _process.Id;

    /// <summary>Completes once it was stopped; faults with a <see cref="LocalCloudException"/> that shows its last lines if it ends by itself.</summary>
    public Task Completion { get; }

    /// <summary>Waits until it is ready.</summary>
    /// <param name="ready">Completes then.</param>
    /// <param name="notReady">What to say of it if that takes too long, such as <c>Redis was not ready</c>.</param>
    /// <param name="timeout">How long that may take.</param>
    /// <param name="owner">Disposed if nothing comes of it; disposes this.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="LocalCloudException">It ended before, or is not ready in time.</exception>
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
            // It has ended already.
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
