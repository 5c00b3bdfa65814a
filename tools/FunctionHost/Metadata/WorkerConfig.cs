using System.Text.Json;

namespace ServerlessScale.FunctionHost.Metadata;

/// <summary>
/// The command that starts the worker, read from <c>worker.config.json</c>. The Functions SDK writes this file to every build output.
/// </summary>
internal sealed record WorkerConfig(string Executable, string WorkerPath)
{
    /// <exception cref="FunctionHostException">The folder is not the build output of a function app.</exception>
    public static WorkerConfig Read(string appDirectory)
    {
        var path = Path.Combine(appDirectory, "worker.config.json");
        if (!File.Exists(path))
        {
            throw new FunctionHostException(
                $"{appDirectory} is not the build output of a function app: it has no worker.config.json.");
        }

        using var document = JsonDocument.Parse(File.ReadAllBytes(path));
        var description = document.RootElement.GetProperty("description");
        return new(
            description.GetProperty("defaultExecutablePath").GetString()!,
            Path.Combine(appDirectory, description.GetProperty("defaultWorkerPath").GetString()!));
    }
}
