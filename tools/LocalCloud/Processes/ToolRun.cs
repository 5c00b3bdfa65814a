using System.Diagnostics;

namespace ServerlessScale.Local.Processes;

/// <summary>One run of a command-line program to its end.</summary>
/// <param name="ExitCode">As the program returned it; 0 is success.</param>
/// <param name="Lines">Standard output and error as they came, line by line.</param>
public sealed record ToolRun(int ExitCode, IReadOnlyList<string> Lines)
{
    /// <summary>Runs the program with no input; cancellation ends it and everything it started.</summary>
    /// <param name="onLine">Called for each line of output, from any thread, one at a time.</param>
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
            throw;
        }
        lock (lines)
        {
            return new ToolRun(process.ExitCode, [.. lines]);
        }
    }
}
