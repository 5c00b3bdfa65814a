namespace ServerlessScale.ShardAdvisor.Keys;

/// <summary>What decides an order's place under any key.</summary>
internal readonly record struct KeyValues(ulong Customer, int Month, int Bucket);
