namespace ServerlessScale.Shared.Messaging;

/// <summary>
/// Marks the type of an event's data. tools/OpenApi reads this attribute from the compiled assembly, to describe the webhooks that receivers
/// get.
/// </summary>
/// <param name="eventTypes">The types of the events that contain these data, e.g. <c>order.created</c>.</param>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class EventDataAttribute(params string[] eventTypes) : Attribute
{
    public string[] EventTypes { get; } = eventTypes;
}
