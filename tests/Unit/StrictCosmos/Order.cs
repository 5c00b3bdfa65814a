namespace ServerlessScale.Tests.Unit.StrictCosmos;

public sealed record Order(string Id, string CustomerId, string Month, string CreatedAt)
{
    public string Type { get; init; } = "order";

    public string? Note { get; init; }

    public int? Ttl { get; init; }
}
