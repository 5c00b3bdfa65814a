using System.Diagnostics;
using System.Globalization;

namespace ServerlessScale.Bench.Uploads;

/// <summary>Reads a process's peak resident memory from the operating system.</summary>
internal static class PeakMemory
{
    public static long BytesOf(int process)
    {
        if (OperatingSystem.IsLinux())
        {
            // proc(5) writes "VmHWM:     12345 kB", where kB means kibibytes.
            var line = File.ReadLines($"/proc/{process}/status").First(line => line.StartsWith("VmHWM:", StringComparison.Ordinal));
            return long.Parse(line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024;
        }

        using var running = Process.GetProcessById(process);
        return running.PeakWorkingSet64;
    }
}
