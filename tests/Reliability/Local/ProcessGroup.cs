using System.Diagnostics;
using System.Globalization;

namespace ServerlessScale.Tests.Reliability.Local;

/// <summary>A process group, as a terminal sees a job. Linux only: read from /proc.</summary>
internal sealed class ProcessGroup(int id)
{
    /// <summary>What Ctrl-C in a terminal does: every process of the group gets the signal at the same moment.</summary>
    public async Task InterruptAsync(CancellationToken cancellationToken)
    {
        using var kill = Process.Start("kill", ["-INT", "--", $"-{id}"]);
        await kill.WaitForExitAsync(cancellationToken);
        Assert.Equal(0, kill.ExitCode);
    }

    /// <summary>The ids of its running processes.</summary>
    public IReadOnlyList<int> Members() =>
        [.. Directory.EnumerateDirectories("/proc")
            .Select(folder => int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out var process) ? process : 0)
            .Where(process => process != 0 && IsMember(process))];

    private bool IsMember(int process)
    {
        try
        {
            // proc_pid_stat(5): after the name, which is in parentheses and may hold anything, come state, parent and group.
            var stat = File.ReadAllText($"/proc/{process}/stat");
            return stat[(stat.LastIndexOf(')') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries) is [not "Z", _, var group, ..]
                && group == id.ToString(CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            // It ended while it was looked at.
            return false;
        }
    }
}
