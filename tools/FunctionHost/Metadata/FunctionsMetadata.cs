using System.Text.Json;

namespace ServerlessScale.FunctionHost.Metadata;

/// <summary>
/// Reads <c>functions.metadata</c> from the build output, so that an app's functions can be listed without starting its worker.
/// </summary>
public static class FunctionsMetadata
{
    /// <summary>Returns the functions of an app.</summary>
    /// <param name="appDirectory">The build output of the function app.</param>
    /// <exception cref="FunctionHostException">
    /// The file is missing or malformed, or a function has a trigger that this host does not support.
    /// </exception>
    public static IReadOnlyList<FunctionMetadata> Read(string appDirectory)
    {
        var path = Path.Combine(appDirectory, "functions.metadata");
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(path));
            return [.. document.RootElement.EnumerateArray().Select(Function)];
        }
        catch (Exception exception) when (exception is IOException or JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new FunctionHostException($"{path} does not list the app's functions: {exception.Message} Build the app again.", exception);
        }
    }

    private static FunctionMetadata Function(JsonElement function)
    {
        var name = function.GetProperty("name").GetString()!;
        return new(name, Trigger.Find(name, function.GetProperty("bindings").EnumerateArray()));
    }
}

/// <summary>A function of an app.</summary>
public sealed record FunctionMetadata(string Name, Trigger Trigger);
