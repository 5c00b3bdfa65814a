namespace ServerlessScale.ColdStart.Measuring;

/// <summary>
/// Creates app settings like those in Azure. The environment is Production, because additional checks run at startup in
/// Development.
/// </summary>
internal static class WorkerSettings
{
    private static readonly string Key = Convert.ToBase64String(new byte[32]);

    /// <param name="storage">The connection string of the storage account.</param>
    public static Dictionary<string, string> ForStorage(string storage) => new()
    {
        ["AZURE_FUNCTIONS_ENVIRONMENT"] = "Production",
        ["AzureWebJobsStorage"] = storage,
        ["Authentication__Authority"] = "https://login.example.com/",
        ["Orders__CursorKey"] = Key,
        ["Webhooks__EncryptionKey"] = Key,
        ["Webhooks__SigningKeys__0"] = "whsk_" + Key,
    };
}
