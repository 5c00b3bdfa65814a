namespace ServerlessScale.ColdStart.Reports;

/// <summary>Of a million bytes, as package limits and disks count.</summary>
internal static class Megabytes
{
    public static double Of(double bytes) => bytes / 1_000_000;
}
