namespace ServerlessScale.Edge.Rules;

/// <summary>Rules that a route executes in their <see cref="Rule.Order"/>.</summary>
public sealed record RuleSet
{
    public required string Name { get; init; }

    public required IReadOnlyList<Rule> Rules { get; init; }
}
