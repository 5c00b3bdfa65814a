using System.Text.Json;

namespace ServerlessScale.Local.Host;

/// <summary>What the build output's <c>functions.metadata</c> says of the functions of an app, without running it.</summary>
internal static class FunctionsMetadata
{
    /// <param name="appDirectory">The function app's build output.</param>
    /// <exception cref="LocalCloudException">The file is missing or cannot be read.</exception>
    public static IReadOnlyCollection<string> Names(string appDirectory) =>
        Read<IReadOnlyCollection<string>>(appDirectory, "which functions there are", functions => [.. functions.Select(NameOf)]);

    /// <param name="appDirectory">The function app's build output.</param>
    /// <param name="what">Is looked for, as the end of a message.</param>
    /// <param name="find">Given the description of each function.</param>
    /// <exception cref="LocalCloudException">The file is missing or cannot be read, or has not what is looked for.</exception>
    public static T Read<T>(string appDirectory, string what, Func<IEnumerable<JsonElement>, T> find)
    {
        var path = Path.Combine(appDirectory, "functions.metadata");
        try
        {
            using var metadata = JsonDocument.Parse(File.ReadAllBytes(path));
            return find(metadata.RootElement.EnumerateArray());
        }
        catch (Exception exception) when (exception is IOException or JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new LocalCloudException($"{path} does not tell {what}: {exception.Message} Build the app again.", exception);
        }
    }

    public static string NameOf(JsonElement function) => function.GetProperty("name").GetString()!;
}
