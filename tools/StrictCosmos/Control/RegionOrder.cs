namespace ServerlessScale.StrictCosmos.Control;

/// <param name="Name">Of the region that is to take writes.</param>
internal sealed record RegionOrder(string Name);
