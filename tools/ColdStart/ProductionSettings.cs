using System.Security.Cryptography;

namespace ServerlessScale.ColdStart;

/// <summary>App settings as in Azure, where the environment is Production and tokens are another's: Development has checks of its own at start-up.</summary>
internal static class ProductionSettings
{
    /// <param name="storage">The connection string of the storage account.</param>
    public static Dictionary<string, string> With(string storage) => new()
    {
        ["AZURE_FUNCTIONS_ENVIRONMENT"] = "Production",
        ["AzureWebJobsStorage"] = storage,
        ["Authentication__Authority"] = "https://login.example.com/",
        ["Orders__CursorKey"] = NewKey(),
        ["Webhooks__EncryptionKey"] = NewKey(),
        ["Webhooks__SigningKeys__0"] = $"whsk_{NewKey()}",
    };

    private static string NewKey() => Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));
}
