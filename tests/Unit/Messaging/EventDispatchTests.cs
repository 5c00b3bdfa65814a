using System.Text.Json;
using ServerlessScale.Shared.Messaging;
using ServerlessScale.Tests.Unit.Http;

namespace ServerlessScale.Tests.Unit.Messaging;

public sealed class EventDispatchTests
{
    private static readonly EventEnvelope Envelope = new()
    {
        Id = "evt_1",
        CustomerId = "c1",
        Type = "order.created",
        Timestamp = DateTimeOffset.UnixEpoch,
        Data = JsonSerializer.SerializeToElement(new { id = "ord_1" }),
    };

    [Fact]
    public async Task An_event_is_logged_and_passed_to_every_handler()
    {
        var log = new RecordingLogger<EventDispatch>();
        Recorder[] handlers = [new(), new()];

        await new EventDispatch(handlers, log).RunAsync(Envelope, TestContext.Current.CancellationToken);

        Assert.All(handlers, handler => Assert.Equal([Envelope], handler.Events));
        Assert.Contains("order.created evt_1", Assert.Single(log.Entries).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_event_survives_serialization()
    {
        Assert.True(EventEnvelope.TryParse(Envelope.ToJson(), out var read));
        Assert.Equal(Envelope.ToJson(), read.ToJson());
        Assert.False(EventEnvelope.TryParse("not an event", out _));
        Assert.False(EventEnvelope.TryParse("""{"id":"evt_1"}""", out _));
    }

    private sealed class Recorder : IEventHandler
    {
        public List<EventEnvelope> Events { get; } = [];

        public Task HandleAsync(EventEnvelope envelope, CancellationToken cancellationToken)
        {
            Events.Add(envelope);
            return Task.CompletedTask;
        }
    }
}
