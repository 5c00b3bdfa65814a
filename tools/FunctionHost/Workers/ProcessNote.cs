using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace ServerlessScale.FunctionHost.Workers;

/// <summary>
/// A file that records the process id and the start time of a child process. If the parent is killed before it can stop the child, the
/// next parent finds the child through this file.
/// </summary>
public sealed class ProcessNote(string path)
{
    private static readonly TimeSpan StartTimeTolerance = TimeSpan.FromSeconds(2);

    public void Write(Process process)
    {
        ArgumentNullException.ThrowIfNull(process);
        File.WriteAllText(path, string.Create(CultureInfo.InvariantCulture, $"{process.Id} {process.StartTime.ToUniversalTime().Ticks}"));
    }

    /// <summary>Returns the recorded process, which the caller must dispose; null if the process has ended.</summary>
    public Process? FindRunning()
    {
        if (!File.Exists(path)
            || File.ReadAllText(path).Split(' ') is not [var idText, var ticksText]
            || !int.TryParse(idText, CultureInfo.InvariantCulture, out var id)
            || !long.TryParse(ticksText, CultureInfo.InvariantCulture, out var ticks))
        {
            return null;
        }

        Process? process = null;
        try
        {
            process = Process.GetProcessById(id);
            // The operating system reuses process ids, so the start time must also match.
            if (!process.HasExited
                && (process.StartTime.ToUniversalTime() - new DateTime(ticks, DateTimeKind.Utc)).Duration() <= StartTimeTolerance
                && !IsZombie(id))
            {
                return process;
            }
        }
        catch (Exception failure) when (failure is ArgumentException or InvalidOperationException or Win32Exception)
        {
            // The process ended during the check.
        }

        process?.Dispose();
        return null;
    }

    /// <summary>
    /// Returns whether the process is a zombie, which has ended but remains listed until its parent reads the exit code. In containers, the
    /// init process often does not read exit codes, so zombies remain.
    /// </summary>
    private static bool IsZombie(int id)
    {
        try
        {
            // The state follows the process name, which is in parentheses and may contain any character, including parentheses (proc(5)).
            return OperatingSystem.IsLinux() && File.ReadAllText($"/proc/{id}/stat") is var stat
                && stat.AsSpan(stat.LastIndexOf(')') + 1).TrimStart().StartsWith("Z");
        }
        catch (IOException)
        {
            return true;
        }
    }
}
