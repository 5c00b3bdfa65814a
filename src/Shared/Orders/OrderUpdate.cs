using ServerlessScale.Shared.Messaging;

namespace ServerlessScale.Shared.Orders;

/// <param name="Read">What the change is based on.</param>
/// <param name="Changed">What takes its place.</param>
public sealed record OrderUpdate(StoredOrder Read, Order Changed, EventEnvelope Event);
