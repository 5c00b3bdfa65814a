namespace ServerlessScale.Shared.Messaging;

/// <summary>An event's position in the sequence of events with the same key, for endpoints with ordered delivery.</summary>
/// <param name="Key">The id of the object that the event is about, for example an order's id.</param>
/// <param name="Number">The number of the event within the sequence. It starts at 1 and has no gaps.</param>
/// <param name="PreviousAt">The UTC time at which the previous event with the same key happened; null for the first event.</param>
public sealed record EventPosition(string Key, long Number, DateTimeOffset? PreviousAt);
