using System.Diagnostics;

namespace ServerlessScale.Local.Processes;

/// <summary>The result of running a command-line program.</summary>
/// <param name="ExitCode">The program's exit code; 0 means success.</param>
/// <param name="Lines">The lines of standard output and standard error in the order of arrival.</param>
public sealed record ToolRun(int ExitCode, IReadOnlyList<string> Lines)
{
    /// <summary>
    /// Runs a program without input, and waits until it ends. When cancelled, this method kills the program and its child processes.
    /// </summary>
    /// <param name="program">The executable.</param>
    /// <param name="arguments">The arguments of the executable.</param>
    /// <param name="workingDirectory">The folder that the program runs in.</param>
    /// <param name="onLine">Called for each line of output on any thread. The calls do not overlap.</param>
    /// <param name="cancellationToken">Kills the program.</param>
    /// <exception cref="System.ComponentModel.Win32Exception">The program cannot be started.</exception>
    public static async Task<ToolRun> CompleteAsync(
        string program, IEnumerable<string> arguments, string workingDirectory, Action<string>? onLine, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = workingDirectory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            CreateNoWindow = true,
        };
        using var process = new Process { StartInfo = start };
        var lines = new List<string>();
        void Take(object sender, DataReceivedEventArgs line)
        {
            if (line.Data is not { } text)
            {
                return;
            }
            lock (lines)
            {
                lines.Add(text);
                onLine?.Invoke(text);
            }
        }
        process.OutputDataReceived += Take;
        process.ErrorDataReceived += Take;
        process.Start();
        process.StandardInput.Close();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        try
        {
            await process.WaitForExitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync(CancellationToken.None);
            throw;
        }
        lock (lines)
        {
            return new ToolRun(process.ExitCode, [.. lines]);
        }
    }
}
