namespace ServerlessScale.ShardAdvisor.Loads;

/// <summary>Kinds of load that can be made up. All follow the day: four times as many orders at 19:00 UTC as at 07:00.</summary>
internal enum LoadShape
{
    /// <summary>Every customer is as likely to order as any other.</summary>
    Uniform,

    /// <summary>The customer of rank k orders in proportion to 1/k.</summary>
    Zipf,

    /// <summary>Two in five orders are one customer's, imported every night within five minutes; the rest is uniform.</summary>
    Whale,

    /// <summary>
    /// One order in ten is placed on the fourth Friday of the last month but one, a quarter of these within one hour; customers are
    /// uniform.
    /// </summary>
    BlackFriday,
}
