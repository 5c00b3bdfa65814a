using System.Text.Json.Serialization;

namespace ServerlessScale.Edge.Rules;

/// <summary>What is turned away before any route is looked for, as in Front Door's web application firewall.</summary>
public sealed record WafPolicy
{
    public required WafMode Mode { get; init; }

    public required IReadOnlyList<WafRule> CustomRules { get; init; }
}

[JsonConverter(typeof(JsonStringEnumConverter<WafMode>))]
public enum WafMode
{
    /// <summary>Blocks.</summary>
    Prevention,

    /// <summary>Only logs what it would have done.</summary>
    Detection,
}
