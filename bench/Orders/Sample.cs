namespace ServerlessScale.Bench.Orders;

/// <summary>What the app has written for one order, as JSON: the bare loops write the same.</summary>
/// <param name="Intent">The queue message before the commit.</param>
/// <param name="Event">The queue message after it, which the outbox record has, too.</param>
internal sealed record Sample(string Order, string Intent, string Event);
