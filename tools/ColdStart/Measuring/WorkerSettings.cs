namespace ServerlessScale.ColdStart.Measuring;

/// <summary>App settings as in Azure, where the environment is Production and tokens are another's: Development has checks of its own at start-up.</summary>
internal static class WorkerSettings
{
    private static readonly string Key = Convert.ToBase64String(new byte[32]);

    /// <param name="storage">A connection string.</param>
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
