using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace ServerlessScale.FunctionHost.Workers;

/// <summary>
/// A file that records a child process by id and start time. If the parent is killed and cannot end the child, the next parent finds
/// the child by this file.
/// </summary>
public sealed class ProcessNote(string path)
{
    private static readonly TimeSpan StartTimeTolerance = TimeSpan.FromSeconds(2);

    public void Write(Process process)
    {
        ArgumentNullException.ThrowIfNull(process);
        File.WriteAllText(path, string.Create(CultureInfo.InvariantCulture, $"{process.Id} {process.StartTime.ToUniversalTime().Ticks}"));
    }

    /// <summary>Returns the recorded process if it still runs, else null. The caller disposes it.</summary>
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
            // The operating system reuses process ids, so the start time must match too.
            if (!process.HasExited
                && (process.StartTime.ToUniversalTime() - new DateTime(ticks, DateTimeKind.Utc)).Duration() <= StartTimeTolerance
                && !IsZombie(id))
            {
                return process;
            }
        }
        catch (Exception failure) when (failure is ArgumentException or InvalidOperationException or Win32Exception)
        {
            // The process ended during this check.
        }

        process?.Dispose();
        return null;
    }

    /// <summary>Whether the process has ended and still has an entry because its parent has not read the exit code. In containers, the first process often never does.</summary>
    private static bool IsZombie(int id)
    {
        try
        {
            // proc(5): the state follows the process name, which is in parentheses and may contain any character.
            return OperatingSystem.IsLinux() && File.ReadAllText($"/proc/{id}/stat") is var stat
                && stat.AsSpan(stat.LastIndexOf(')') + 1).TrimStart().StartsWith("Z");
        }
        catch (IOException)
        {
            return true;
        }
    }
}
