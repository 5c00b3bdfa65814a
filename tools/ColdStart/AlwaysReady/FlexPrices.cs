namespace ServerlessScale.ColdStart.AlwaysReady;

/// <summary>
/// The prices of the Flex Consumption plan, in US dollars. The rules are those of
/// learn.microsoft.com/azure/azure-functions/flex-consumption-plan#billing on 2024-11-05: each instance is billed by itself, and
/// always-ready instances have no free grant. The prices are those of East US, from azure.microsoft.com/pricing/details/functions on
/// 2025-05-22.
/// </summary>
internal sealed record FlexPrices
{
    /// <summary>The length of the month for which costs are stated.</summary>
    public const double SecondsPerMonth = 30 * 86_400;

    /// <summary>The price of a GB-second during which an on-demand instance works on at least one request.</summary>
    public double OnDemandGbSecond { get; init; } = 0.000026;

    /// <summary>The price of a GB-second during which an always-ready instance works on at least one request, in addition to the baseline.</summary>
    public double AlwaysReadyGbSecond { get; init; } = 0.000016;

    /// <summary>The price of each GB-second of an always-ready instance, whether it works or not.</summary>
    public double BaselineGbSecond { get; init; } = 0.000004;

    /// <summary>The price of a million executions.</summary>
    public double MillionExecutions { get; init; } = 0.40;

    /// <summary>The on-demand GB-seconds per month that are free.</summary>
    public double FreeGbSeconds { get; init; } = 100_000;

    /// <summary>The on-demand executions per month that are free.</summary>
    public double FreeExecutions { get; init; } = 250_000;

    /// <summary>The shortest time that is billed each time an instance starts to work, in seconds.</summary>
    public double MinimumSeconds { get; init; } = 1;

    /// <summary>Longer times are rounded up to a multiple of this number of seconds.</summary>
    public double RoundUpSeconds { get; init; } = 0.1;

    /// <summary>The billed time of a period during which an instance worked without a pause.</summary>
    public double Billable(double seconds) =>
        // A tiny amount is subtracted before rounding, because 1.3 s may be stored as 1.30000000000000004 s.
        Math.Max(MinimumSeconds, Math.Ceiling((seconds / RoundUpSeconds) - 1e-9) * RoundUpSeconds);
}
