namespace ServerlessScale.ColdStart.AlwaysReady;

/// <summary>How the rate of requests goes.</summary>
internal enum TrafficShape
{
    /// <summary>Always the same.</summary>
    Steady,

    /// <summary>Little at night, most at noon.</summary>
    Diurnal,

    /// <summary>A burst of a minute every hour or so, at 60 times the rate between them.</summary>
    Bursty,
}
