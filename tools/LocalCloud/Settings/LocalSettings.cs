using System.Text.Json;

namespace ServerlessScale.Local.Settings;

/// <summary>
/// Reads local.settings.json, the settings file of Azure Functions Core Tools. The members of <c>Values</c> become environment variables of
/// the worker (learn.microsoft.com/azure/azure-functions/functions-develop-local#local-settings-file).
/// </summary>
public static class LocalSettings
{
    public const string FileName = "local.settings.json";
    public const string SampleFileName = "local.settings.sample.json";

    /// <summary>The text in the sample file that is replaced with a signing key.</summary>
    public const string SigningKeyPlaceholder = "<LocalCloud puts a generated key here>";

    private static readonly JsonDocumentOptions Options =
        new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    /// <summary>
    /// Creates the file from the sample file, with the placeholder replaced by the signing key. Does nothing if the file exists.
    /// </summary>
    /// <returns>Whether the file was created.</returns>
    /// <exception cref="LocalCloudException">Neither the file nor the sample file exists.</exception>
    public static bool CreateWhenMissing(string repositoryRoot, string signingKey)
    {
        var path = Path.Combine(repositoryRoot, FileName);
        if (File.Exists(path))
        {
            return false;
        }
        var sample = Path.Combine(repositoryRoot, SampleFileName);
        if (!File.Exists(sample))
        {
            throw new LocalCloudException($"Neither {path} nor {sample} exists. Restore the sample from version control.");
        }
        File.WriteAllText(path, File.ReadAllText(sample).Replace(SigningKeyPlaceholder, signingKey, StringComparison.Ordinal));
        return true;
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
        if (!root.TryGetProperty("Values", out var values) || values.ValueKind != JsonValueKind.Object)
        {
            throw new LocalCloudException($"{path} needs a \"Values\" member whose value is a JSON object with the app settings.");
        }
        var read = new Dictionary<string, string>(StringComparer.Ordinal);
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
}
