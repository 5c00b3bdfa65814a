namespace ServerlessScale.Shared.Orders;

/// <param name="HasMore">Whether older orders of the month follow.</param>
public sealed record OrderPage(IReadOnlyList<Order> Orders, bool HasMore);
