namespace ServerlessScale.Shared.Orders;

/// <param name="NextCursor">Goes on after the last of <paramref name="Orders"/>; null when that was the oldest.</param>
public sealed record OrderListing(IReadOnlyList<Order> Orders, string? NextCursor);
