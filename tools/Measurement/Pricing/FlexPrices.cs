namespace ServerlessScale.Measurement.Pricing;

/// <summary>
/// The prices of the Flex Consumption plan in US dollars. The billing rules come from
/// learn.microsoft.com/azure/azure-functions/flex-consumption-plan#billing, as of 2024-11-05. Each instance is billed separately, and
/// there is no free grant for always-ready instances. The prices apply to East US and come from
/// azure.microsoft.com/pricing/details/functions, as of 2025-05-22.
/// </summary>
internal sealed record FlexPrices
{
    /// <summary>The number of seconds in a month, from which monthly costs are computed.</summary>
    public const double SecondsPerMonth = 30 * 86_400;

    /// <summary>The price of a GB-second during which an on-demand instance works on at least one request.</summary>
    public double OnDemandGbSecond { get; init; } = 0.000026;

    /// <summary>
    /// The price of a GB-second during which an always-ready instance works on at least one request. It is charged in addition to the
    /// baseline.
    /// </summary>
    public double AlwaysReadyGbSecond { get; init; } = 0.000016;

    /// <summary>The baseline price of a GB-second of an always-ready instance. It is charged even while the instance is idle.</summary>
    public double BaselineGbSecond { get; init; } = 0.000004;

    /// <summary>The price of a million executions.</summary>
    public double MillionExecutions { get; init; } = 0.40;

    /// <summary>The number of free on-demand GB-seconds per month.</summary>
    public double FreeGbSeconds { get; init; } = 100_000;

    /// <summary>The number of free on-demand executions per month.</summary>
    public double FreeExecutions { get; init; } = 250_000;

    /// <summary>The minimum billed time in seconds for each period of uninterrupted work.</summary>
    public double MinimumSeconds { get; init; } = 1;

    /// <summary>The billing increment in seconds. Times above the minimum are rounded up to a multiple of it.</summary>
    public double RoundUpSeconds { get; init; } = 0.1;

    /// <summary>Computes the billed time, in seconds, for a period during which an instance worked without interruption.</summary>
    public double Billable(double seconds) =>
        // A tiny amount is subtracted before rounding, because 1.3 s may be represented as 1.30000000000000004 s.
        Math.Max(MinimumSeconds, Math.Ceiling((seconds / RoundUpSeconds) - 1e-9) * RoundUpSeconds);
}
