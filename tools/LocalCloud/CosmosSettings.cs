namespace ServerlessScale.Local;

/// <summary>What tells the function app to keep orders in a StrictCosmos.</summary>
public static class CosmosSettings
{
    /// <param name="connectionString">The account's, or that of a proxy before it.</param>
    public static IReadOnlyDictionary<string, string> For(string connectionString) => new Dictionary<string, string>
    {
        ["Orders__Store"] = "cosmos",
        ["Orders__Cosmos__ConnectionString"] = connectionString,
        ["Orders__Cosmos__LimitToEndpoint"] = "true",
        ["Orders__Cosmos__CreateIfMissing"] = "true",
    };
}
