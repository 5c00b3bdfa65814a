namespace ServerlessScale.Edge.Rules;

public sealed record Origin
{
    public required string Name { get; init; }

    /// <summary>1 to 1000, relative to the group's other origins.</summary>
    public required int Weight { get; init; }

    /// <summary>1 to 5; only the healthy origins of the lowest number get requests.</summary>
    public required int Priority { get; init; }

    public required bool Enabled { get; init; }
}
