using System.Collections.Concurrent;
using System.Net;
using Google.Protobuf;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;

namespace ServerlessScale.Tests.Integration.Telemetry;

/// <summary>A log record, span or metric that the receiver received.</summary>
/// <param name="Signal">The kind of record.</param>
/// <param name="Scope">The category of a log record, the activity source of a span, or the meter of a metric.</param>
/// <param name="Name">The body of a log record, or the name of a span or metric.</param>
/// <param name="Bytes">The encoded size in bytes.</param>
internal sealed record OtlpRecord(OtlpSignal Signal, string Scope, string Name, int Bytes)
{
    /// <summary>The trace id of a span as 32 lower-case hexadecimal digits; empty for other records.</summary>
    public string TraceId { get; init; } = "";

    /// <summary>The span id of a span as 16 lower-case hexadecimal digits; empty for other records.</summary>
    public string SpanId { get; init; } = "";

    /// <summary>The id of a span's parent; empty if there is none, and for other records.</summary>
    public string ParentId { get; init; } = "";

    /// <summary>The names of a span's attributes; empty for other records.</summary>
    public IReadOnlyList<string> Attributes { get; init; } = [];
}

internal enum OtlpSignal
{
    Log,
    Span,
    Metric,
}

/// <summary>An OTLP collector that stores all records. It accepts the http/protobuf protocol.</summary>
internal sealed class OtlpReceiver : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<OtlpRecord> _records = new();
    private readonly ConcurrentQueue<(string Path, byte[] Body)> _requests = new();

    private OtlpReceiver(WebApplication app) => _app = app;

    /// <summary>All records, in the order of their arrival.</summary>
    public IReadOnlyList<OtlpRecord> Records => [.. _records];

    /// <summary>The path and the protobuf body of each export request, in the order of their arrival.</summary>
    public IReadOnlyList<(string Path, byte[] Body)> Requests => [.. _requests];

    /// <summary>The app settings that export to this receiver twice a second.</summary>
    public IReadOnlyDictionary<string, string> Settings => new Dictionary<string, string>
    {
        ["OTEL_EXPORTER_OTLP_ENDPOINT"] = _app.Urls.Single(),
        ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
        ["OTEL_METRIC_EXPORT_INTERVAL"] = "500",
        ["OTEL_BSP_SCHEDULE_DELAY"] = "500",
        ["OTEL_BLRP_SCHEDULE_DELAY"] = "500",
    };

    public static async Task<OtlpReceiver> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var receiver = new OtlpReceiver(builder.Build());
        receiver._app.Run(async http =>
        {
            using var body = new MemoryStream();
            await http.Request.Body.CopyToAsync(body, http.RequestAborted);
            receiver._requests.Enqueue((http.Request.Path, body.ToArray()));
            foreach (var record in Read(http.Request.Path, ByteString.CopyFrom(body.ToArray())))
            {
                receiver._records.Enqueue(record);
            }
        });
        await receiver._app.StartAsync(TestContext.Current.CancellationToken);
        return receiver;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    /// <summary>
    /// Reads an export request. The field numbers come from opentelemetry-proto 1.x. Apart from the field for a record's name, they are the
    /// same for all three signals. Field 1 of a request is resource_logs, resource_spans or resource_metrics. Field 2 of a resource is
    /// scope_logs, scope_spans or scope_metrics. Field 1 of a scope entry is scope, and field 2 is log_records, spans or metrics.
    /// </summary>
    private static IEnumerable<OtlpRecord> Read(string path, ByteString request)
    {
        var signal = path switch
        {
            "/v1/logs" => OtlpSignal.Log,
            "/v1/traces" => OtlpSignal.Span,
            "/v1/metrics" => OtlpSignal.Metric,
            _ => throw new InvalidDataException($"OTLP has no path {path}."),
        };
        return
            from resource in Fields(request, 1)
            from scoped in Fields(resource, 2)
            let scope = Text(Fields(scoped, 1).Single(), 1)
            from record in Fields(scoped, 2)
            select Record(signal, scope, record);
    }

    private static OtlpRecord Record(OtlpSignal signal, string scope, ByteString record)
    {
        var read = new OtlpRecord(signal, scope, NameOf(signal, record), record.Length);

        // Fields 1, 2, 4 and 9 of a span are trace_id, span_id, parent_span_id and attributes. Field 1 of an attribute is its key.
        return signal != OtlpSignal.Span ? read : read with
        {
            TraceId = Id(record, 1),
            SpanId = Id(record, 2),
            ParentId = Id(record, 4),
            Attributes = [.. Fields(record, 9).Select(attribute => Text(attribute, 1))],
        };
    }

    private static string Id(ByteString record, int number) =>
        Convert.ToHexStringLower(Fields(record, number).FirstOrDefault(ByteString.Empty).Span);

    private static string NameOf(OtlpSignal signal, ByteString record) => signal switch
    {
        // The body is an AnyValue, whose field 1 is string_value.
        OtlpSignal.Log => Text(Fields(record, 5).FirstOrDefault(ByteString.Empty), 1),
        OtlpSignal.Span => Text(record, 5),
        _ => Text(record, 1),
    };

    private static string Text(ByteString message, int number) => Fields(message, number).FirstOrDefault(ByteString.Empty).ToStringUtf8();

    /// <summary>Returns the values of a field that contains messages or strings.</summary>
    private static List<ByteString> Fields(ByteString message, int number)
    {
        var found = new List<ByteString>();
        var input = message.CreateCodedInput();
        while (input.ReadTag() is var tag and not 0)
        {
            if (tag == WireFormat.MakeTag(number, WireFormat.WireType.LengthDelimited))
            {
                found.Add(input.ReadBytes());
            }
            else
            {
                input.SkipLastField();
            }
        }

        return found;
    }
}
