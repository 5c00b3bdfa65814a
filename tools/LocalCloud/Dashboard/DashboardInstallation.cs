using System.Runtime.InteropServices;
using System.Security.Cryptography;
using ServerlessScale.Local.Processes;

namespace ServerlessScale.Local.Dashboard;

/// <summary>
/// An installation of the Aspire dashboard, which NuGet downloads. <c>dashboard.proj</c> pins the version. There is one installation per user
/// and version, which all LocalCloud and test processes of the user share.
/// </summary>
internal static class DashboardInstallation
{
    /// <summary>The platforms for which the package exists, as runtime identifiers (RID) of .NET.</summary>
    private static readonly string[] Platforms = ["linux-x64", "linux-arm64", "linux-musl-x64", "osx-x64", "osx-arm64", "win-x64", "win-arm64"];

    private static string Project => Path.Combine(AppContext.BaseDirectory, "Dashboard", "dashboard.proj");

    /// <summary>Finds the installation, or creates it.</summary>
    /// <param name="cacheRoot">The folder that contains installations.</param>
    /// <param name="progress">Called with human-readable progress messages.</param>
    /// <param name="searchPath">The folders to search for dotnet; null for the dotnet that runs this process, or the PATH variable.</param>
    /// <param name="platform">The platform; null for the platform of this machine.</param>
    /// <param name="cancellationToken">Cancels the installation.</param>
    /// <returns>The path of the program.</returns>
    /// <exception cref="LocalCloudException">There is no package for the platform, or NuGet could not download the package.</exception>
    public static async Task<string> EnsureAsync(
        string cacheRoot, Action<string>? progress, string? searchPath = null, string? platform = null, CancellationToken cancellationToken = default)
    {
        platform ??= Platform();
        if (!Platforms.Contains(platform))
        {
            throw new LocalCloudException($"There is no Aspire dashboard for {platform}, only for {string.Join(", ", Platforms)}. Omit --dashboard.");
        }

        var hash = Convert.ToHexStringLower(SHA256.HashData(await File.ReadAllBytesAsync(Project, cancellationToken)))[..12];
        var folder = Path.Combine(Path.GetFullPath(cacheRoot), $"aspire-dashboard-{platform}-{hash}");
        var program = Path.Combine(folder, platform.StartsWith("win-", StringComparison.Ordinal) ? "Aspire.Dashboard.exe" : "Aspire.Dashboard");
        if (!File.Exists(program))
        {
            Directory.CreateDirectory(cacheRoot);
            await using var exclusive = await ExclusiveFile.WaitAsync(
                folder + ".lock", () => progress?.Invoke("Waiting for another process that is installing the Aspire dashboard."), cancellationToken);
            if (!File.Exists(program))
            {
                await InstallAsync(folder, program, platform, progress, searchPath, cancellationToken);
            }
        }

        return program;
    }

    private static string Platform()
    {
        var system = OperatingSystem.IsWindows() ? "win"
            : OperatingSystem.IsMacOS() ? "osx"
            : RuntimeInformation.RuntimeIdentifier.Contains("musl", StringComparison.Ordinal) ? "linux-musl"
            : "linux";
        return $"{system}-{RuntimeInformation.OSArchitecture.ToString().ToLowerInvariant()}";
    }

    private static async Task InstallAsync(
        string folder, string program, string platform, Action<string>? progress, string? searchPath, CancellationToken cancellationToken)
    {
        var dotnet = (searchPath is null ? Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") : null)
            ?? ExecutableSearch.Find("dotnet", searchPath)
            ?? throw new LocalCloudException("dotnet was not found on the PATH. Install the .NET 10 SDK, or omit --dashboard.");
        progress?.Invoke("Installing the Aspire dashboard with NuGet. This happens only once and needs about 80 MB of disk space.");
        var part = folder + ".part";
        if (Directory.Exists(part))
        {
            // An earlier installation was interrupted. No other process writes to the folder while this process holds the lock.
            Directory.Delete(part, recursive: true);
        }

        Directory.CreateDirectory(part);
        try
        {
            File.Copy(Project, Path.Combine(part, "dashboard.proj"));
            var run = await ToolRun.CompleteAsync(
                dotnet,
                ["restore", "dashboard.proj", $"-p:DashboardPlatform={platform}", "--packages", "packages", "--disable-build-servers", "--tl:off"],
                part,
                onLine: null,
                cancellationToken);
            var content = Path.Combine(part, "packages", $"aspire.dashboard.sdk.{platform}");
            var tools = Directory.Exists(content) ? Directory.EnumerateDirectories(content, "tools", SearchOption.AllDirectories).FirstOrDefault() : null;
            if (run.ExitCode != 0 || tools is null || !File.Exists(Path.Combine(tools, Path.GetFileName(program))))
            {
                throw new LocalCloudException(Failure(run));
            }

            MakeExecutable(Path.Combine(tools, Path.GetFileName(program)));
            Directory.Move(tools, folder);
        }
        finally
        {
            Directory.Delete(part, recursive: true);
        }

        progress?.Invoke($"The Aspire dashboard is installed in {folder}.");
    }

    /// <summary>Allows the user to run the program. NuGet does not restore the permissions of files on every system.</summary>
    private static void MakeExecutable(string program)
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(program, File.GetUnixFileMode(program) | UnixFileMode.UserRead | UnixFileMode.UserExecute);
        }
    }

    /// <summary>Returns one line with NuGet's first error, without the path of the project.</summary>
    private static string Failure(ToolRun run)
    {
        const string Marker = "error ";
        var cause = run.Lines
            .Where(line => line.Contains(Marker, StringComparison.Ordinal))
            .Select(line => line[line.IndexOf(Marker, StringComparison.Ordinal)..].Split(" [")[0].Trim())
            .FirstOrDefault() ?? $"dotnet restore ended with exit code {run.ExitCode}";
        return $"NuGet could not install the Aspire dashboard ({cause}). Check the network and the NuGet sources, or omit --dashboard.";
    }
}
