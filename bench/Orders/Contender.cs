namespace ServerlessScale.Bench.Orders;

/// <param name="Run">Does the work once for the client of this number, counted from 0.</param>
internal sealed record Contender(string Name, Func<int, CancellationToken, Task> Run);
