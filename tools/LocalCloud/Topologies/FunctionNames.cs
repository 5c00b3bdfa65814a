using System.Text.Json;

namespace ServerlessScale.Local.Topologies;

/// <summary>The functions that an app has, looked up without running it.</summary>
internal static class FunctionNames
{
    /// <param name="appDirectory">The function app's build output, with its <c>functions.metadata</c>.</param>
    /// <exception cref="LocalCloudException">The file is missing or cannot be read.</exception>
    public static IReadOnlyCollection<string> Read(string appDirectory)
    {
        var path = Path.Combine(appDirectory, "functions.metadata");
        try
        {
            using var metadata = JsonDocument.Parse(File.ReadAllBytes(path));
            return [.. metadata.RootElement.EnumerateArray().Select(function => function.GetProperty("name").GetString()!)];
        }
        catch (Exception exception) when (exception is IOException or JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new LocalCloudException($"{path} does not tell which functions there are: {exception.Message} Build the app again.", exception);
        }
    }
}
