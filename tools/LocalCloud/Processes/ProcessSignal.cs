using System.Diagnostics;
using System.Globalization;

namespace ServerlessScale.Local.Processes;

/// <summary>Sends signals to processes with the program <c>kill</c>, because .NET can send only SIGKILL.</summary>
internal static class ProcessSignal
{
    /// <summary>Sends a signal. Does nothing if the process has ended.</summary>
    /// <param name="process">The process id.</param>
    /// <param name="signal">The signal as an option of <c>kill</c>, such as <c>-STOP</c>.</param>
    /// <exception cref="IOException">The process is running, but the signal could not be sent.</exception>
    public static async Task SendAsync(int process, string signal)
    {
        var run = await ToolRun.CompleteAsync(
            "kill", [signal, process.ToString(CultureInfo.InvariantCulture)], Environment.CurrentDirectory, onLine: null, CancellationToken.None);
        if (run.ExitCode != 0 && Exists(process))
        {
            throw new IOException($"kill {signal} {process} failed: {string.Join(" ", run.Lines)}");
        }
    }

    private static bool Exists(int process)
    {
        try
        {
            using var found = Process.GetProcessById(process);
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}
