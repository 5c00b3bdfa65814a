namespace ServerlessScale.ShardAdvisor.Reports;

/// <summary>Explains why the shop's own partition key can differ from the recommended one.</summary>
internal static class ShopKey
{
    /// <summary>The key of the shop's orders: /customerId, /month.</summary>
    public const string Name = "customer+month";

    /// <summary>Compares a recommendation with the shop's key.</summary>
    /// <param name="advised">The name of the recommended key.</param>
    public static string Explain(string advised) => advised switch
    {
        Name => $"The shop uses the recommended key, {Name}.",
        "customer" =>
            $"The advisor recommends customer, because no logical partition of this log becomes full, and listing a year reads only one of them. The "
            + $"shop uses {Name}, which distributes orders as evenly: a logical partition stops growing at the end of its month, whereas with customer "
            + "alone it grows until Cosmos DB refuses the customer's orders at 20 GB.",
        _ =>
            $"The advisor recommends {advised} for this log. The shop uses {Name}, which suits most shops: the orders of one customer stay "
            + "together, so that a query reads one physical partition, and no logical partition grows forever.",
    };
}
