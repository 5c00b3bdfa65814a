using System.Text.Json;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;

namespace ServerlessScale.Functions.Identity;

/// <summary>
/// Finds the development signing key in the first <c>func start</c> after a clone. Core Tools read the settings before they build, so they
/// do not pass on the key in the local.settings.json that the build has just written. This class reads the file in the app's folder.
/// </summary>
internal static class FirstStartKey
{
    internal const string FileName = "local.settings.json";

    private const string Setting = $"{AuthenticationOptions.Section}:{nameof(AuthenticationOptions.DevelopmentSigningKey)}";
    private const string Authority = $"{AuthenticationOptions.Section}:{nameof(AuthenticationOptions.Authority)}";

    /// <summary>Adds the key to the configuration in development, unless the settings already contain a key or an authority.</summary>
    /// <param name="configuration">The configuration to read and to add to.</param>
    /// <param name="environment">The environment. Outside development, nothing is read.</param>
    /// <param name="appDirectory">The folder that contains the app and local.settings.json, which is never published.</param>
    public static void Add(IConfigurationManager configuration, IHostEnvironment environment, string appDirectory)
    {
        if (!environment.IsDevelopment() || configuration[Setting] is { Length: > 0 } || configuration[Authority] is { Length: > 0 })
        {
            return;
        }

        if (Read(Path.Combine(appDirectory, FileName)) is { Length: > 0 } key)
        {
            configuration.AddInMemoryCollection([KeyValuePair.Create(Setting, (string?)key)]);
        }
    }

    private static string? Read(string path)
    {
        try
        {
            using var document = JsonDocument.Parse(
                File.ReadAllBytes(path), new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
            return document.RootElement.GetProperty("Values").GetProperty(Setting.Replace(":", "__", StringComparison.Ordinal)).GetString();
        }
        catch (Exception failure) when (
            failure is IOException or UnauthorizedAccessException or JsonException or KeyNotFoundException or InvalidOperationException)
        {
            // The validator of the authentication options reports the missing key.
            return null;
        }
    }
}
