using System.Diagnostics;
using System.Globalization;

namespace ServerlessScale.Tests.Reliability.Local;

/// <summary>
/// A Linux process group. On Ctrl-C, a terminal sends SIGINT to every process in its foreground group. This class reads /proc.
/// </summary>
internal sealed class ProcessGroup(int id)
{
    /// <summary>
    /// Sends a signal to every process in the group: <c>INT</c>, as a terminal does on Ctrl-C, or <c>TERM</c>, as a service manager does.
    /// </summary>
    public async Task SignalAsync(string signal, CancellationToken cancellationToken)
    {
        using var kill = Process.Start("kill", [$"-{signal}", "--", $"-{id}"]);
        await kill.WaitForExitAsync(cancellationToken);
        Assert.Equal(0, kill.ExitCode);
    }

    /// <summary>Returns the ids of the running processes in the group.</summary>
    public IReadOnlyList<int> Members() =>
        [.. Directory.EnumerateDirectories("/proc")
            .Select(folder => int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out var process) ? process : 0)
            .Where(process => process != 0 && IsMember(process))];

    private bool IsMember(int process)
    {
        try
        {
            // The process name is in parentheses and may contain any character. The state, the parent's id and the group's id follow the
            // name (proc_pid_stat(5)).
            var stat = File.ReadAllText($"/proc/{process}/stat");
            return stat[(stat.LastIndexOf(')') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries) is [not "Z", _, var group, ..]
                && group == id.ToString(CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            // The process ended during this check.
            return false;
        }
    }
}
