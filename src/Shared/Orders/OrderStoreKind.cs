namespace ServerlessScale.Shared.Orders;

public enum OrderStoreKind
{
    /// <summary>Azure Table Storage in the account of the other tables; needs no further settings.</summary>
    Tables,

    /// <summary>Azure Cosmos DB for NoSQL, as the settings <c>Orders:Cosmos:*</c> say.</summary>
    Cosmos,
}
