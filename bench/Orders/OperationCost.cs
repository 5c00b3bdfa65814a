namespace ServerlessScale.Bench.Orders;

/// <summary>What one operation costs, ours and the least that does as much.</summary>
internal sealed record OperationCost(string Operation, Spending Ours, Spending Least);

/// <param name="Store">Round trips to the store of orders.</param>
/// <param name="Queues">Round trips to queues.</param>
/// <param name="RequestUnits">Null where there are none.</param>
internal sealed record Spending(double Store, double Queues, double? RequestUnits);
