using System.ComponentModel;
using System.Diagnostics;
using ServerlessScale.SmokeTest.Results;

namespace ServerlessScale.SmokeTest.Checks;

/// <summary>Runs the command that removes a path from the edge's cache, such as <c>az afd endpoint purge</c>.</summary>
internal static class PurgeCommand
{
    /// <param name="command">The program and its arguments.</param>
    /// <param name="path">The path, which becomes the last argument.</param>
    /// <param name="cancellationToken">Ends the program.</param>
    /// <exception cref="CheckFailedException">The program cannot be started, or failed.</exception>
    public static async Task RunAsync(IReadOnlyList<string> command, string path, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(command[0], [.. command.Skip(1), path]) { RedirectStandardOutput = true, RedirectStandardError = true };
        try
        {
            using var process = Process.Start(start)!;
            try
            {
                // Both streams are read at the same time, because a program stops when the buffer of one of them is full.
                var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
                var error = await process.StandardError.ReadToEndAsync(cancellationToken);
                await output;
                await process.WaitForExitAsync(cancellationToken);
                if (process.ExitCode != 0)
                {
                    throw new CheckFailedException("The purge command failed", $"{string.Join(' ', command)} {path} exited with {process.ExitCode}: {error.Trim()}");
                }
            }
            catch (OperationCanceledException)
            {
                process.Kill(entireProcessTree: true);
                throw;
            }
        }
        catch (Win32Exception failure)
        {
            throw new CheckFailedException("The purge command cannot be started", $"{command[0]}: {failure.Message}");
        }
    }
}
