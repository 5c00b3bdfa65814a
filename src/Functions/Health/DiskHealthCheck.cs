using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace ServerlessScale.Functions.Health;

/// <summary>Fails while the disk of a storage emulator's folder has too little free space for another write.</summary>
internal sealed class DiskHealthCheck(string folder) : IHealthCheck
{
    /// <summary>A small upload needs less space than this.</summary>
    internal const long MinimumBytes = 1 << 20;

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        // On Windows, only the root of a drive has a free space.
        var drive = new DriveInfo(OperatingSystem.IsWindows() ? Path.GetPathRoot(folder)! : folder);
        return Task.FromResult(
            drive.AvailableFreeSpace >= MinimumBytes
                ? HealthCheckResult.Healthy()
                : HealthCheckResult.Unhealthy(exception: new DiskFullException()));
    }
}

internal sealed class DiskFullException() : IOException("No space is left on the disk of the storage emulator.");
