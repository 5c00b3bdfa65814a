using System.Text.Json;

namespace ServerlessScale.FunctionHost.Metadata;

/// <summary>How to start the worker, as <c>worker.config.json</c> says. The Functions SDK writes this file into every build output.</summary>
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
