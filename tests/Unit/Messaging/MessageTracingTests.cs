using System.Diagnostics;
using System.Text.Json;
using ServerlessScale.Shared.Images;
using ServerlessScale.Shared.Images.Processing;
using ServerlessScale.Shared.Messaging;
using ServerlessScale.Shared.Orders;
using ServerlessScale.Shared.Orders.Writing;
using ServerlessScale.Shared.Storage;
using ServerlessScale.Shared.Webhooks.Deliveries;
using ServerlessScale.Shared.Webhooks.Delivering;
using ServerlessScale.Shared.Webhooks.Endpoints;

namespace ServerlessScale.Tests.Unit.Messaging;

public sealed class MessageTracingTests : IDisposable
{
    private const string Queue = "image-jobs";

    private static readonly EndpointId Endpoint = EndpointId.New(DateTimeOffset.UnixEpoch);
    private static readonly DeliveryId Delivery = DeliveryId.Of(Endpoint, "evt_1", DateTimeOffset.UnixEpoch);

    private readonly ActivityListener _listener = new()
    {
        ShouldListenTo = source => source.Name == MessageTracing.SourceName,
        Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
    };

    private readonly Activity _invocation = new("function Test");

    public MessageTracingTests()
    {
        ActivitySource.AddActivityListener(_listener);
        _invocation.SetIdFormat(ActivityIdFormat.W3C).Start();
    }

    /// <summary>One message of each kind, and a function that reads the message and writes it again.</summary>
    public static TheoryData<string, string, Func<string, string?>> Messages => new()
    {
        {
            "image job",
            new ImageJobMessage(ImageId.New().Value, DateTimeOffset.UnixEpoch).ToJson(),
            text => ImageJobMessage.TryParse(text, out _, out var message) ? message.ToJson() : null
        },
        {
            "event",
            new EventEnvelope
            {
                Id = "evt_1",
                CustomerId = "c1",
                Type = "order.created",
                Timestamp = DateTimeOffset.UnixEpoch,
                Data = JsonSerializer.SerializeToElement(new { id = "ord_1", price = 1.50m, name = "Grüße <&>" }),
                Position = new("ord_1", 2, DateTimeOffset.UnixEpoch),
            }.ToJson(),
            text => EventEnvelope.TryParse(text, out var message) ? message.ToJson() : null
        },
        {
            "delivery",
            new DeliveryMessage("c1", Delivery.Value, Round: 2, Attempt: 3, Deferrals: 4).ToJson(),
            text => DeliveryMessage.TryParse(text, out var message, out _) ? message.ToJson() : null
        },
        {
            "recovery",
            new RecoveryMessage("c1", Endpoint.Value, DateTimeOffset.UnixEpoch, Delivery.Value).ToJson(),
            text => RecoveryMessage.TryParse(text, out var message, out _) ? message.ToJson() : null
        },
        {
            "order intent",
            new OrderIntent("c1", OrderId.New(new(2026, 11, 30, 0, 0, 0, TimeSpan.Zero)).Value, 1, Final: true).ToJson(),
            text => OrderIntent.TryParse(text, out var message, out _) ? message.ToJson() : null
        },
    };

    public void Dispose()
    {
        _invocation.Dispose();
        _listener.Dispose();
    }

    [Theory]
    [MemberData(nameof(Messages))]
    public void A_message_with_a_trace_context_is_read_like_one_without(string kind, string message, Func<string, string?> rewrite)
    {
        _invocation.TraceStateString = "vendor=1";

        var traced = MessageTracing.AddContext(message);

        Assert.True(MessageTracing.TryReadContext(traced, out var context), kind);
        Assert.Equal(
            (_invocation.TraceId, _invocation.SpanId, "vendor=1", true), (context.TraceId, context.SpanId, context.TraceState, context.IsRemote));
        Assert.Equal(message, rewrite(traced));
        Assert.Equal(message, rewrite(message));
        Assert.False(MessageTracing.TryReadContext(message, out _));
    }

    [Fact]
    public void A_message_is_unchanged_without_a_span()
    {
        Activity.Current = null;

        Assert.Equal("""{ "a": 1 }""", MessageTracing.AddContext("""{ "a": 1 }"""));
    }

    [Fact]
    public void A_trace_state_cannot_exceed_the_size_of_a_message()
    {
        _invocation.TraceStateString = "vendor=" + new string('+', 505);
        Assert.InRange(MessageTracing.AddContext("{}").Length, 512, 4_000);

        foreach (var state in (string[])["vendor=" + new string('x', 100_000), "vendor=ä"])
        {
            _invocation.TraceStateString = state;

            Assert.True(MessageTracing.TryReadContext(MessageTracing.AddContext("{}"), out var context));
            Assert.Null(context.TraceState);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("not JSON")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"traceparent":null}""")]
    [InlineData("""{"traceparent":7}""")]
    [InlineData("""{"traceparent":"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331"}""")]
    [InlineData("""{"traceparent":"00-00000000000000000000000000000000-b7ad6b7169203331-01"}""")]
    public void A_message_without_a_valid_context_starts_no_other_trace(string message)
    {
        Assert.False(MessageTracing.TryReadContext(message, out _));

        using var span = MessageTracing.StartProcess(Queue, message, "m1");

        Assert.Equal(_invocation.SpanId, span!.ParentSpanId);
        Assert.Empty(span.Links);
    }

    [Fact]
    public void The_processing_belongs_to_the_trace_of_the_sender()
    {
        string message;
        ActivityContext sent;
        using (var send = MessageTracing.StartSend(Queue))
        {
            message = MessageTracing.AddContext("{}");
            sent = send!.Context;
            Assert.Equal((ActivityKind.Producer, "send image-jobs"), (send.Kind, send.DisplayName));
            Assert.Equal(_invocation.SpanId, send.ParentSpanId);
        }

        using var other = new Activity("function ResizeImage").SetParentId(ActivityTraceId.CreateRandom(), ActivitySpanId.CreateRandom()).Start();
        using var span = MessageTracing.StartProcess(Queue, message, "m1");

        Assert.Equal((ActivityKind.Consumer, "process image-jobs"), (span!.Kind, span.DisplayName));
        Assert.Equal((sent.TraceId, sent.SpanId), (span.TraceId, span.ParentSpanId));
        Assert.Equal([sent.SpanId, other.SpanId], span.Links.Select(link => link.Context.SpanId));
        Assert.Equal(
            new Dictionary<string, object?>
            {
                ["messaging.system"] = "azure_queue_storage",
                ["messaging.operation.name"] = "process",
                ["messaging.operation.type"] = "process",
                ["messaging.destination.name"] = Queue,
                ["messaging.message.id"] = "m1",
            },
            span.TagObjects.ToDictionary());
    }
}
