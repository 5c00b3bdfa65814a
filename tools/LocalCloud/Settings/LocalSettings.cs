using System.Text.Json;
using ServerlessScale.Local.Build;
using ServerlessScale.Local.Identity;

namespace ServerlessScale.Local.Settings;

/// <summary>
/// Reads local.settings.json, the settings file of Azure Functions Core Tools. The members of <c>Values</c> become environment variables of
/// the worker (learn.microsoft.com/azure/azure-functions/functions-develop-local#local-settings-file).
/// </summary>
public static class LocalSettings
{
    public const string FileName = "local.settings.json";

    /// <summary>The setting for the signing key, which is empty in the sample file. The build and LocalCloud fill it in.</summary>
    private const string EmptySigningKey = $"\"{DevelopmentTokens.KeySetting}\": \"\"";

    private static readonly JsonDocumentOptions Options =
        new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    /// <summary>Returns the path of the settings file, which is in the project folder, where Core Tools expect it.</summary>
    public static string PathIn(string repositoryRoot) => Path.Combine(FunctionAppBuild.ProjectFolder(repositoryRoot), FileName);

    /// <summary>
    /// Returns the path of the sample file. In a fresh clone, Core Tools find this file, because they search the parents of the project
    /// folder and read the settings before they build.
    /// </summary>
    public static string SamplePathIn(string repositoryRoot) => Path.Combine(repositoryRoot, "src", FileName);

    /// <summary>
    /// Creates the file from the sample file, with the signing key filled in. Does nothing if the file exists. The build of the function app
    /// does the same with a key of its own.
    /// </summary>
    /// <returns>Whether the file was created.</returns>
    /// <exception cref="LocalCloudException">The sample file does not exist, or the file cannot be written.</exception>
    public static bool CreateWhenMissing(string repositoryRoot, string signingKey)
    {
        var path = PathIn(repositoryRoot);
        if (File.Exists(path))
        {
            return false;
        }

        var sample = SamplePathIn(repositoryRoot);
        if (!File.Exists(sample))
        {
            throw new LocalCloudException($"Neither {path} nor {sample} exists. Restore the sample from version control.");
        }

        try
        {
            if (Directory.Exists(path))
            {
                throw new LocalCloudException($"{path} is a folder. Remove it to have the file created from the sample.");
            }

            var text = File.ReadAllText(sample).Replace(
                EmptySigningKey, $"\"{DevelopmentTokens.KeySetting}\": \"{signingKey}\"", StringComparison.Ordinal);
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
            {
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            }

            using var writer = new StreamWriter(path, options);
            writer.Write(text);
            return true;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // Another process may have created the file at the same time.
            return File.Exists(path) ? false : throw new LocalCloudException($"{path} cannot be written: {failure.Message}", failure);
        }
    }

    /// <summary>
    /// Reads the settings. Comments and trailing commas are allowed. Numbers and booleans are returned as their JSON text.
    /// </summary>
    /// <exception cref="LocalCloudException">
    /// The file is missing, is not valid JSON, or has the wrong structure. For a syntax error, the message contains the line and column.
    /// </exception>
    public static IReadOnlyDictionary<string, string> Read(string path)
    {
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllText(path), Options);
            return Values(path, document.RootElement);
        }
        catch (JsonException broken)
        {
            // The parser counts lines and columns from 0, but editors count them from 1.
            throw new LocalCloudException(
                $"{path} is not valid JSON at line {broken.LineNumber + 1}, column {broken.BytePositionInLine + 1}. Correct it, "
                + "or delete it to have it created from the sample again.",
                broken);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new LocalCloudException($"{path} cannot be read: {failure.Message}", failure);
        }
    }

    private static Dictionary<string, string> Values(string path, JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object)
        {
            throw new LocalCloudException($"{path} must contain a JSON object with a \"Values\" member.");
        }
        if (root.TryGetProperty("IsEncrypted", out var encrypted) && encrypted.ValueKind == JsonValueKind.True)
        {
            throw new LocalCloudException(
                $"{path} is encrypted, and only Core Tools can decrypt it. Run `func settings decrypt` in its folder, or delete it.");
        }
        var read = new Dictionary<string, string>(CorsOf(root), StringComparer.Ordinal);
        if (!root.TryGetProperty("Values", out var values) || values.ValueKind != JsonValueKind.Object)
        {
            throw new LocalCloudException($"{path} needs a \"Values\" member whose value is a JSON object with the app settings.");
        }
        foreach (var value in values.EnumerateObject())
        {
            read[value.Name] = value.Value.ValueKind switch
            {
                JsonValueKind.String => value.Value.GetString()!,
                JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => value.Value.GetRawText(),
                _ => throw new LocalCloudException(
                    $"{path}: the value of \"{value.Name}\" must be a string, a number or a boolean. "
                    + "Separate the parts of a nested setting's name by two underscores, as in \"Images__MaxBytes\"."),
            };
        }
        return read;
    }

    /// <summary>
    /// Returns the CORS settings in <c>Host</c> under the names that Azure passes to the host. Core Tools expect the origins in one string,
    /// separated by commas.
    /// </summary>
    private static Dictionary<string, string> CorsOf(JsonElement root)
    {
        var read = new Dictionary<string, string>();
        if (!root.TryGetProperty("Host", out var host) || host.ValueKind != JsonValueKind.Object)
        {
            return read;
        }

        if (host.TryGetProperty("CORS", out var origins) && origins.ValueKind == JsonValueKind.String)
        {
            read["CORS_ALLOWED_ORIGINS"] = JsonSerializer.Serialize(
                origins.GetString()!.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));
        }

        if (host.TryGetProperty("CORSCredentials", out var credentials) && credentials.ValueKind == JsonValueKind.True)
        {
            read["CORS_SUPPORT_CREDENTIALS"] = "true";
        }

        return read;
    }
}
