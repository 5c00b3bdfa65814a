using System.IO.Compression;
using ServerlessScale.Local.Build;
using ServerlessScale.Local.Processes;
using ServerlessScale.Measurement;

namespace ServerlessScale.Bench.Images;

/// <summary>The size of the app's deployment package with an image engine.</summary>
internal static class PackageSize
{
    /// <param name="engine">The value of the build property <c>ImageEngine</c>.</param>
    /// <param name="folder">A folder for the published files.</param>
    /// <param name="cancellationToken">Stops the build.</param>
    /// <returns>The size of the zip file in megabytes.</returns>
    public static async Task<double> MeasureAsync(string engine, string folder, CancellationToken cancellationToken)
    {
        var output = Path.Combine(folder, engine);
        var root = Repository.FindRoot();
        var run = await ToolRun.CompleteAsync(
            Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet",
            [
                "publish", FunctionAppBuild.ProjectFolder(root), "--configuration", "Release", $"-p:ImageEngine={engine}",
                "--artifacts-path", Path.Combine(root, "artifacts", "images"), "--output", output,
                "--nologo", "--verbosity", "quiet", "--disable-build-servers", "--tl:off",
            ],
            root,
            onLine: null,
            cancellationToken);
        if (run.ExitCode != 0)
        {
            throw new CommandException($"The app cannot be published with -p:ImageEngine={engine}. Run dotnet publish to see the errors.");
        }

        var zip = output + ".zip";
        ZipFile.CreateFromDirectory(output, zip, CompressionLevel.Optimal, includeBaseDirectory: false);
        return new FileInfo(zip).Length / 1e6;
    }
}
