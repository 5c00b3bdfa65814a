using System.Text.Json;

namespace ServerlessScale.Local.Settings;

/// <summary>
/// local.settings.json, in the form that Azure Functions Core Tools use: the members of <c>Values</c> become the worker's environment.
/// learn.microsoft.com/azure/azure-functions/functions-develop-local#local-settings-file
/// </summary>
public static class LocalSettings
{
    public const string FileName = "local.settings.json";
    public const string SampleFileName = "local.settings.sample.json";

    /// <summary>What the sample has in place of a signing key.</summary>
    public const string SigningKeyPlaceholder = "<LocalCloud puts a generated key here>";

    private static readonly JsonDocumentOptions Options =
        new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    /// <summary>Copies the sample with a signing key filled in, unless the file exists.</summary>
    /// <returns>Whether the file was created.</returns>
    /// <exception cref="LocalCloudException">There is no sample either.</exception>
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

    /// <summary>Reads the values; comments and trailing commas are allowed, and numbers and booleans are taken as they are written.</summary>
    /// <exception cref="LocalCloudException">The file is missing, is not JSON (with line and column), or has another shape.</exception>
    public static IReadOnlyDictionary<string, string> Read(string path)
    {
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllText(path), Options);
            return Values(path, document.RootElement);
        }
        catch (JsonException broken)
        {
            // The parser counts both from 0, editors from 1.
            throw new LocalCloudException(
                $"{path} is not valid JSON at line {broken.LineNumber + 1}, column {broken.BytePositionInLine + 1}. Mend it, "
                + "or delete it: it is made anew from the sample.",
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
            throw new LocalCloudException($"{path} must hold a JSON object with a member \"Values\".");
        }
        if (root.TryGetProperty("IsEncrypted", out var encrypted) && encrypted.ValueKind == JsonValueKind.True)
        {
            throw new LocalCloudException(
                $"{path} is encrypted, which only Core Tools can read. Run `func settings decrypt` beside it, or delete it.");
        }
        if (!root.TryGetProperty("Values", out var values) || values.ValueKind != JsonValueKind.Object)
        {
            throw new LocalCloudException($"{path} needs an object \"Values\" of names and texts.");
        }
        var read = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var value in values.EnumerateObject())
        {
            read[value.Name] = value.Value.ValueKind switch
            {
                JsonValueKind.String => value.Value.GetString()!,
                JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => value.Value.GetRawText(),
                _ => throw new LocalCloudException(
                    $"{path}: \"Values\" member \"{value.Name}\" must be a text. Settings with parts are written with two underscores, as in \"Images__MaxBytes\"."),
            };
        }
        return read;
    }
}
