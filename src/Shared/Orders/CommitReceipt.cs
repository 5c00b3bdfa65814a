namespace ServerlessScale.Shared.Orders;

/// <param name="Session">Cosmos: a read that brings it sees this commit. Null for stores where every read does.</param>
public sealed record CommitReceipt(string? Session);
