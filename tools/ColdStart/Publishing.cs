using System.Runtime.InteropServices;
using ServerlessScale.Local;
using ServerlessScale.Local.Processes;

namespace ServerlessScale.ColdStart;

/// <summary>Publishes a function app for this machine, outside of the project's own output: measuring must not change what is run otherwise.</summary>
internal sealed class Publishing(string repository)
{
    private readonly string _artifacts = Path.Combine(repository, "artifacts", "cold-start");

    /// <returns>The folder that holds the published app.</returns>
    /// <exception cref="LocalCloudException">It cannot be published; the message shows why.</exception>
    public async Task<string> PublishAsync(string project, bool readyToRun, CancellationToken cancellationToken)
    {
        var output = Path.Combine(_artifacts, "published", $"{Path.GetFileName(project)}-{(readyToRun ? "readytorun" : "jit")}");
        var dotnet = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";
        var run = await ToolRun.CompleteAsync(
            dotnet,
            [
                "publish", project, "--configuration", "Release", "--runtime", RuntimeInformation.RuntimeIdentifier, "--self-contained", "false",
                $"-p:PublishReadyToRun={readyToRun}", "--artifacts-path", _artifacts, "--output", output,
                // Build servers would outlive this process.
                "--nologo", "--verbosity", "quiet", "--disable-build-servers", "--tl:off",
            ],
            repository,
            onLine: null,
            cancellationToken);
        return run.ExitCode == 0
            ? output
            : throw new LocalCloudException(
                $"{project} cannot be published.{Environment.NewLine}  " + string.Join(Environment.NewLine + "  ", run.Lines.TakeLast(20)));
    }
}
