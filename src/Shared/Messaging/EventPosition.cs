namespace ServerlessScale.Shared.Messaging;

/// <summary>An event's place among those about the same thing, for receivers that want them one after the other.</summary>
/// <param name="Key">What the event is about, e.g. an order's id.</param>
/// <param name="Number">1 for the first event of the key, 2 for the next: no number is left out.</param>
/// <param name="PreviousAt">When the event before it happened, UTC; null for the first.</param>
public sealed record EventPosition(string Key, long Number, DateTimeOffset? PreviousAt);
