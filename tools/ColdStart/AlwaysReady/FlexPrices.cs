namespace ServerlessScale.ColdStart.AlwaysReady;

/// <summary>
/// How Flex Consumption is billed, in US dollars. The rules: learn.microsoft.com/azure/azure-functions/flex-consumption-plan#billing, as
/// of 2024-11-05 (on demand and always ready are billed per instance; no free grants for always ready). The prices: East US, from
/// azure.microsoft.com/pricing/details/functions as quoted on 2025-05-22; give yours with the command's options.
/// </summary>
internal sealed record FlexPrices
{
    /// <summary>Length of the month that costs are given for.</summary>
    public const double SecondsPerMonth = 30 * 86_400;

    /// <summary>For a GB-second in which an on-demand instance works on at least one request.</summary>
    public double OnDemandGbSecond { get; init; } = 0.000026;

    /// <summary>For a GB-second in which an always-ready instance works on at least one request, beside the baseline.</summary>
    public double AlwaysReadyGbSecond { get; init; } = 0.000016;

    /// <summary>For each GB-second of an always-ready instance, whether it works or not.</summary>
    public double BaselineGbSecond { get; init; } = 0.000004;

    /// <summary>For a million executions.</summary>
    public double MillionExecutions { get; init; } = 0.40;

    /// <summary>On-demand GB-seconds that cost nothing, a month.</summary>
    public double FreeGbSeconds { get; init; } = 100_000;

    /// <summary>On-demand executions that cost nothing, a month.</summary>
    public double FreeExecutions { get; init; } = 250_000;

    /// <summary>The shortest time that is billed when an instance begins to work, in seconds.</summary>
    public double MinimumSeconds { get; init; } = 1;

    /// <summary>Longer times are rounded up to multiples of this, in seconds.</summary>
    public double RoundUpSeconds { get; init; } = 0.1;

    /// <summary>What is billed for a time in which an instance worked without a break.</summary>
    public double Billable(double seconds) =>
        // A hair less before rounding, so that 1.3 s is not taken for 1.30000000000000004.
        Math.Max(MinimumSeconds, Math.Ceiling((seconds / RoundUpSeconds) - 1e-9) * RoundUpSeconds);
}
