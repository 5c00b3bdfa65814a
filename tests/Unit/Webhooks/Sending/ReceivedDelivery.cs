namespace ServerlessScale.Tests.Unit.Webhooks.Sending;

/// <param name="Headers">Names in lower case.</param>
public sealed record ReceivedDelivery(string Path, string Protocol, IReadOnlyDictionary<string, string> Headers, byte[] Body);
