namespace ServerlessScale.Local;

/// <summary>Where orders are kept.</summary>
public enum OrderStore
{
    /// <summary>In Azurite's tables.</summary>
    Tables,

    /// <summary>In StrictCosmos, which stands in for Cosmos DB.</summary>
    Cosmos,
}
