using System.Text.Json;

namespace ServerlessScale.FunctionHost.Metadata;

/// <summary>How to start the worker: <c>worker.config.json</c>, which the Functions SDK writes beside the app.</summary>
internal sealed record WorkerConfig(string Executable, string WorkerPath)
{
    /// <exception cref="FunctionHostException">The folder holds no built function app.</exception>
    public static WorkerConfig Read(string appDirectory)
    {
        var path = Path.Combine(appDirectory, "worker.config.json");
        if (!File.Exists(path))
        {
            throw new FunctionHostException(
                $"{appDirectory} holds no worker.config.json, so it is not the build output of a function app.");
        }

        using var document = JsonDocument.Parse(File.ReadAllBytes(path));
        var description = document.RootElement.GetProperty("description");
        return new(
            description.GetProperty("defaultExecutablePath").GetString()!,
            Path.Combine(appDirectory, description.GetProperty("defaultWorkerPath").GetString()!));
    }
}
