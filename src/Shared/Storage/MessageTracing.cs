using System.Diagnostics;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ServerlessScale.Shared.Storage;

/// <summary>
/// Passes the trace context of the code that sends a queue message to the function that processes the message. Azure Queue Storage has no
/// message headers, so the JSON object of a message gets the members <c>traceparent</c> and <c>tracestate</c> (W3C Trace Context). The spans
/// follow OpenTelemetry's semantic conventions for messaging. If no listener is registered, no span is created and messages are not changed.
/// </summary>
public static class MessageTracing
{
    public const string SourceName = "ServerlessScale.Messaging";

    private const string TraceParent = "traceparent";
    private const string TraceState = "tracestate";

    /// <summary>
    /// The maximum length of a <c>tracestate</c>. A client chooses its value, and the specification requires only this length to be passed on.
    /// </summary>
    private const int MaxStateLength = 512;

    /// <summary>The value of <c>messaging.system</c>. The conventions define no value for Azure Queue Storage.</summary>
    private const string MessagingSystem = "azure_queue_storage";

    private static readonly ActivitySource Source = new(SourceName);

    /// <summary>Whether spans are recorded.</summary>
    public static bool IsEnabled => Source.HasListeners();

    /// <summary>
    /// Starts the span of a send operation. The span's context is the creation context of the message; <see cref="AddContext"/> adds it.
    /// </summary>
    /// <param name="queue">The name of the queue.</param>
    /// <returns>The span; null if it is not recorded.</returns>
    public static Activity? StartSend(string queue) => Start(ActivityKind.Producer, "send", queue, parent: default, links: null);

    /// <summary>
    /// Starts the span of a function that processes one message. Its parent is the creation context of the message, so that one trace
    /// contains the sender and the processing. Its links are the creation context, as the conventions recommend, and the span of the
    /// invocation, which the host started in another trace. If the message has no valid context, the parent is the span of the invocation.
    /// </summary>
    /// <param name="queue">The name of the queue.</param>
    /// <param name="text">The message.</param>
    /// <param name="messageId">The id that the queue service has given the message; null if it is unknown.</param>
    /// <returns>The span; null if it is not recorded.</returns>
    public static Activity? StartProcess(string queue, string text, string? messageId)
    {
        ActivityLink[]? links = null;
        if (TryReadContext(text, out var creation))
        {
            links = Activity.Current is { IdFormat: ActivityIdFormat.W3C } invocation ? [new(creation), new(invocation.Context)] : [new(creation)];
        }

        var span = Start(ActivityKind.Consumer, "process", queue, creation, links);
        span?.SetTag("messaging.message.id", messageId);
        return span;
    }

    /// <summary>Marks a span as failed with the type of the exception.</summary>
    public static void Fail(Activity? span, Exception exception) =>
        span?.SetTag("error.type", exception.GetType().FullName).SetStatus(ActivityStatusCode.Error);

    /// <summary>
    /// Adds the context of the current span to a message. A span that is not sampled is added too, so that its trace stays unsampled.
    /// </summary>
    /// <param name="text">The message, a JSON object.</param>
    /// <returns>The message with the context; the given text if there is no span.</returns>
    public static string AddContext(string text)
    {
        if (!IsEnabled || Activity.Current is not { IdFormat: ActivityIdFormat.W3C, Id: { } id } span)
        {
            return text;
        }

        var message = JsonNode.Parse(text)!.AsObject();
        message[TraceParent] = id;
        if (span.TraceStateString is { Length: > 0 and <= MaxStateLength } state && Ascii.IsValid(state))
        {
            message[TraceState] = state;
        }

        return message.ToJsonString();
    }

    /// <summary>Reads the context from a message.</summary>
    /// <param name="text">The message.</param>
    /// <param name="context">The context.</param>
    /// <returns>False if the message is not a JSON object or contains no valid context, for example because an older version sent it.</returns>
    public static bool TryReadContext(string text, out ActivityContext context)
    {
        context = default;
        try
        {
            using var message = JsonDocument.Parse(text);
            return message.RootElement is { ValueKind: JsonValueKind.Object } members
                && Text(members, TraceParent) is { } parent
                && ActivityContext.TryParse(parent, Text(members, TraceState), isRemote: true, out context);
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static string? Text(JsonElement members, string name) =>
        members.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static Activity? Start(ActivityKind kind, string operation, string queue, ActivityContext parent, ActivityLink[]? links)
    {
        if (!IsEnabled)
        {
            return null;
        }

        return Source.StartActivity(
            $"{operation} {queue}",
            kind,
            parent,
            [
                new("messaging.system", MessagingSystem),
                new("messaging.operation.name", operation),
                new("messaging.operation.type", operation),
                new("messaging.destination.name", queue),
            ],
            links);
    }
}
