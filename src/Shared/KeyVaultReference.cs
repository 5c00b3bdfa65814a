namespace ServerlessScale.Shared;

/// <summary>
/// Recognizes a reference to a secret in Key Vault. App Service replaces each reference in the settings with the secret. If the secret did
/// not exist when the app started, the app gets the reference itself.
/// </summary>
internal static class KeyVaultReference
{
    /// <summary>The problem for a setting that contains a reference instead of the secret.</summary>
    public const string Unresolved =
        "contains a Key Vault reference that App Service did not resolve. Create the secret, then run refresh-key-references "
        + "(docs/operations.md).";

    /// <summary>Whether the value of a setting is a reference instead of a secret.</summary>
    public static bool IsUnresolved(string value) => value.StartsWith("@Microsoft.KeyVault(", StringComparison.OrdinalIgnoreCase);
}
