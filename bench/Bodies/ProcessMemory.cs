using System.Globalization;

namespace ServerlessScale.Bench.Bodies;

/// <summary>Reads and resets the peak of a process's resident memory. Works only on Linux.</summary>
internal sealed class ProcessMemory(int process)
{
    /// <summary>The resident memory in megabytes (10^6 bytes).</summary>
    public double Megabytes => Read("VmRSS:");

    /// <summary>The peak of the resident memory since the last reset, in megabytes (10^6 bytes).</summary>
    public double PeakMegabytes => Read("VmHWM:");

    /// <summary>Resets the peak to the present value. proc(5) defines the value 5.</summary>
    public void ResetPeak() => File.WriteAllText($"/proc/{process}/clear_refs", "5");

    private double Read(string field)
    {
        // proc(5) writes "VmHWM:     12345 kB", where kB means kibibytes.
        var line = File.ReadLines($"/proc/{process}/status").First(line => line.StartsWith(field, StringComparison.Ordinal));
        return long.Parse(line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024 / 1e6;
    }
}
