using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace ServerlessScale.Tests.Integration.Local;

/// <summary>A LocalCloud process that is ready for requests.</summary>
internal sealed class RunningCommand : IAsyncDisposable
{
    private static readonly string Program = typeof(ServerlessScale.Local.LocalCloud).Assembly.Location;
    private readonly ConcurrentQueue<string> _output = new();
    private readonly ConcurrentQueue<string> _error = new();
    private readonly TaskCompletionSource<Uri> _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private RunningCommand(string dataDirectory, bool inOwnGroup, bool samples)
    {
        Process = new Process
        {
            StartInfo = StartInfo(
                ["--no-build", "--port", "0", "--data", dataDirectory, .. samples ? (string[])[] : ["--no-samples"]], inOwnGroup),
        };
        Process.OutputDataReceived += (_, line) => Take(line.Data);
        Process.ErrorDataReceived += (_, line) => _error.Enqueue(line.Data ?? "");
        Process.Start();
        Process.BeginOutputReadLine();
        Process.BeginErrorReadLine();
    }

    public Process Process { get; }

    public Uri Address => _ready.Task.Result;

    public IReadOnlyCollection<string> Output => _output;

    /// <summary>The process ids of all workers that LocalCloud has started, read from its log.</summary>
    public IReadOnlyList<int> Workers =>
        [.. _error
            .Select(line => Regex.Match(line, @"Worker (\d+) is ready"))
            .Where(match => match.Success)
            .Select(match => int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture))];

    /// <param name="dataDirectory">The data folder.</param>
    /// <param name="cancellationToken">Cancels the start.</param>
    /// <param name="inOwnGroup">
    /// If true, the process starts in a new process group, as a shell job does. The id of the group is the process id. Linux only.
    /// </param>
    /// <param name="samples">Whether LocalCloud adds sample products.</param>
    public static async Task<RunningCommand> StartAsync(
        string dataDirectory, CancellationToken cancellationToken, bool inOwnGroup = false, bool samples = false)
    {
        var run = new RunningCommand(dataDirectory, inOwnGroup, samples);
        var ended = run.Process.WaitForExitAsync(cancellationToken);
        if (await Task.WhenAny(run._ready.Task, ended) == ended)
        {
            var said = string.Join(Environment.NewLine, run._error);
            await run.DisposeAsync();
            Assert.Fail($"LocalCloud ended before it was ready: {said}");
        }
        return run;
    }

    /// <summary>Runs LocalCloud with options that make it exit by itself.</summary>
    /// <param name="arguments">The command line.</param>
    /// <param name="cancellationToken">Cancels the run.</param>
    /// <param name="workingDirectory">The folder to run in; null for the folder of the tests.</param>
    /// <param name="firstOnPath">A folder to search for programs before the folders of the PATH; null for none.</param>
    public static async Task<(int ExitCode, string Error)> FailAsync(
        string[] arguments, CancellationToken cancellationToken, string? workingDirectory = null, string? firstOnPath = null)
    {
        var (exitCode, _, error) = await CompleteAsync(arguments, cancellationToken, workingDirectory, firstOnPath);
        return (exitCode, error);
    }

    /// <summary>Runs LocalCloud until it exits, with a folder whose programs replace those on the PATH.</summary>
    public static async Task<(int ExitCode, string Output, string Error)> CompleteAsync(
        string[] arguments, CancellationToken cancellationToken, string? workingDirectory = null, string? firstOnPath = null)
    {
        var start = StartInfo(arguments);
        if (firstOnPath is not null)
        {
            start.Environment["PATH"] = firstOnPath + Path.PathSeparator + Environment.GetEnvironmentVariable("PATH");
        }

        start.WorkingDirectory = workingDirectory ?? "";
        using var process = System.Diagnostics.Process.Start(start)!;
        // If the command keeps running although it should end, the test fails instead of waiting for ever.
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(TimeSpan.FromMinutes(3));
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(limit.Token);
            var error = await process.StandardError.ReadToEndAsync(limit.Token);
            await process.WaitForExitAsync(limit.Token);
            return (process.ExitCode, await output, error);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!Process.HasExited)
        {
            Process.Kill(entireProcessTree: true);
            await Process.WaitForExitAsync();
        }
        Process.Dispose();
        foreach (var worker in Workers)
        {
            KillIfRunning(worker);
        }
    }

    /// <summary>Kills a worker that is still running after a test has killed LocalCloud.</summary>
    private static void KillIfRunning(int worker)
    {
        try
        {
            using var process = System.Diagnostics.Process.GetProcessById(worker);
            process.Kill();
        }
        catch (Exception failure) when (failure is ArgumentException or InvalidOperationException)
        {
            // The worker has already exited together with LocalCloud.
        }
    }

    /// <summary>Returns true if a line of the log contains the text.</summary>
    public bool HasLogged(string text) => _error.Any(line => line.Contains(text, StringComparison.Ordinal));

    private static ProcessStartInfo StartInfo(string[] arguments, bool inOwnGroup = false) => new(
        inOwnGroup ? "setsid" : "dotnet", [.. inOwnGroup ? (string[])["dotnet"] : [], Program, .. arguments])
    {
        RedirectStandardOutput = true,
        RedirectStandardError = true,
    };

    private void Take(string? line)
    {
        if (line is null)
        {
            return;
        }
        _output.Enqueue(line);
        if (line.StartsWith("ready ", StringComparison.Ordinal))
        {
            _ready.TrySetResult(new Uri(line["ready ".Length..]));
        }
    }
}
