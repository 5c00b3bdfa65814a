namespace ServerlessScale.Shared.Orders;

/// <summary>The parameters of a listing as the client has sent them; null for those that it has not.</summary>
public sealed record OrderListQuery
{
    public string? Month { get; init; }

    public string? Cursor { get; init; }

    public string? Limit { get; init; }

    public string? ConsistencyToken { get; init; }
}
