namespace ServerlessScale.ShardAdvisor.Orders;

/// <summary>One line of an order log.</summary>
/// <param name="Second">Unix time in seconds.</param>
/// <param name="Customer">A 64-bit hash of the customer's id: all that placement needs, and of one size whatever the id.</param>
/// <param name="Bytes">Size of the order that is stored or read, or of all that are listed.</param>
internal readonly record struct OrderOperation(long Second, ulong Customer, int Bytes, OperationKind Kind);
