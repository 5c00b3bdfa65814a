using System.Text.Json;

namespace ServerlessScale.Local.Storage;

/// <summary>Finds the reason why Azurite cannot open its databases, which are JSON files.</summary>
internal static class AzuriteDatabases
{
    /// <returns>The first file that is not valid JSON; null if there is none.</returns>
    public static string? FindDamaged(string folder) =>
        Directory.EnumerateFiles(folder, "__azurite_db_*.json").Order(StringComparer.Ordinal).FirstOrDefault(file => !IsJson(file));

    private static bool IsJson(string file)
    {
        try
        {
            using var stream = File.OpenRead(file);
            using var document = JsonDocument.Parse(stream);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
