using System.Diagnostics;
using System.Reflection;

namespace ServerlessScale.Tests.Unit.Infra;

/// <summary>Runs the Bicep compiler. Its version is pinned in infra/bicep.props, and NuGet provides the executable.</summary>
internal static class BicepCompiler
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    private static readonly string Path = typeof(BicepCompiler).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>().Single(metadata => metadata.Key == "Bicep").Value!;

    /// <summary>
    /// Evaluates a parameter file as a deployment would. The <c>validate</c> mode compares the result with the snapshot in the same folder.
    /// The <c>overwrite</c> mode writes the snapshot.
    /// </summary>
    /// <returns>The exit code and the output, including errors.</returns>
    public static async Task<(int ExitCode, string Output)> SnapshotAsync(string parameters, string mode, CancellationToken cancellationToken)
    {
        using var bicep = new Process
        {
            StartInfo = new ProcessStartInfo(Path)
            {
                ArgumentList =
                {
                    "snapshot", parameters, "--mode", mode, "--location", "westeurope", "--resource-group", "shop", "--deployment-name", "main",
                    "--tenant-id", "00000000-0000-0000-0000-000000000002", "--subscription-id", "00000000-0000-0000-0000-000000000001",
                },
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            },
        };
        bicep.Start();
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limited.CancelAfter(Limit);
        try
        {
            var output = bicep.StandardOutput.ReadToEndAsync(limited.Token);
            var errors = bicep.StandardError.ReadToEndAsync(limited.Token);
            await bicep.WaitForExitAsync(limited.Token);
            return (bicep.ExitCode, await output + await errors);
        }
        finally
        {
            if (!bicep.HasExited)
            {
                bicep.Kill(entireProcessTree: true);
            }
        }
    }
}
