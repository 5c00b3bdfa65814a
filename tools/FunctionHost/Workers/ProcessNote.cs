using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace ServerlessScale.FunctionHost.Workers;

/// <summary>
/// A file that names a child process (id and start time), for a LocalCloud that comes after this one was killed and could not end
/// its children.
/// </summary>
public sealed class ProcessNote(string path)
{
    private static readonly TimeSpan StartTimeTolerance = TimeSpan.FromSeconds(2);

    public void Write(Process process)
    {
        ArgumentNullException.ThrowIfNull(process);
        File.WriteAllText(path, string.Create(CultureInfo.InvariantCulture, $"{process.Id} {process.StartTime.ToUniversalTime().Ticks}"));
    }

    /// <summary>The process that was written down, if it still runs. Dispose of it.</summary>
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
            // Process ids are reused; a start time tells the same process from a new one.
            if (!process.HasExited
                && (process.StartTime.ToUniversalTime() - new DateTime(ticks, DateTimeKind.Utc)).Duration() <= StartTimeTolerance
                && !IsZombie(id))
            {
                return process;
            }
        }
        catch (Exception failure) when (failure is ArgumentException or InvalidOperationException or Win32Exception)
        {
            // It ended while it was looked at.
        }

        process?.Dispose();
        return null;
    }

    /// <summary>It has ended but nobody has asked for its exit code: in containers, the first process often never does.</summary>
    private static bool IsZombie(int id)
    {
        try
        {
            // proc(5): the state follows the name, which is in parentheses and may hold anything.
            return OperatingSystem.IsLinux() && File.ReadAllText($"/proc/{id}/stat") is var stat
                && stat.AsSpan(stat.LastIndexOf(')') + 1).TrimStart().StartsWith("Z");
        }
        catch (IOException)
        {
            return true;
        }
    }
}
