using System.Globalization;
using System.IO.Hashing;
using System.Runtime.InteropServices;
using nietras.SeparatedValues;
using ServerlessScale.Measurement;

namespace ServerlessScale.ShardAdvisor.Orders;

/// <summary>
/// Reads an order log as CSV (RFC 4180, separated by commas). The columns may be in any order:
/// <list type="bullet">
/// <item><c>timestamp</c>: a time in RFC 3339 format. Lines must be sorted by this time. Fractions of a second are ignored.</item>
/// <item><c>customerId</c>: 1 to 1,024 characters.</item>
/// <item><c>bytes</c>: the size of the order, or the total size of the listed orders, from 1 to 2,097,152.</item>
/// <item><c>operation</c>, optional: <c>create</c> (the default for a missing column or an empty field), <c>read</c> or <c>list</c>.</item>
/// </list>
/// Lines are read one by one, so a log may be larger than the available memory.
/// </summary>
internal static class CsvOrderLog
{
    private const int LongestField = 1024;

    /// <summary>The size limit of Cosmos DB, which applies to an item and to a batch.</summary>
    private const int MostBytes = 2 * 1024 * 1024;

    private static readonly string[] TimestampFormats =
    [
        "yyyy-MM-dd'T'HH:mm:ssK",
        "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK",
    ];

    /// <param name="name">The name of the log in error messages.</param>
    /// <exception cref="CommandException">A line is malformed. The message contains the line number.</exception>
    public static IEnumerable<OrderOperation> Read(TextReader text, string name)
    {
        using var reader = Open(text, name);
        var columns = Columns.Of(reader.Header, name);
        var last = long.MinValue;
        var any = false;
        while (MoveNext(reader, name))
        {
            var operation = Parse(reader.Current, columns, name);
            if (operation.Second < last)
            {
                throw Bad(name, reader.Current.LineNumberFrom, "timestamp is earlier than in the previous line; sort the log by time");
            }
            last = operation.Second;
            any = true;
            yield return operation;
        }
        if (!any)
        {
            throw new CommandException($"{name}: the log has no operations after the header.");
        }
    }

    private static SepReader Open(TextReader text, string name)
    {
        try
        {
            return Sep.New(',').Reader(options => options with { Unescape = true, DisableColCountCheck = true }).From(text);
        }
        catch (Exception problem) when (problem is InvalidDataException or ArgumentException or NotSupportedException)
        {
            throw new CommandException($"{name}: the header cannot be read: {problem.Message}", problem);
        }
    }

    private static bool MoveNext(SepReader reader, string name)
    {
        try
        {
            return reader.MoveNext();
        }
        catch (Exception problem) when (problem is InvalidDataException or NotSupportedException)
        {
            throw new CommandException($"{name}: {problem.Message}", problem);
        }
    }

    private static OrderOperation Parse(SepReader.Row row, Columns columns, string name)
    {
        if (row.ColCount != columns.Count)
        {
            throw Bad(name, row.LineNumberFrom, $"the header has {columns.Count} columns, but this line has {row.ColCount}");
        }
        var timestamp = row[columns.Timestamp].Span;
        if (!TryParseTimestamp(timestamp, out var time))
        {
            throw Bad(name, row.LineNumberFrom, $"timestamp must be RFC 3339, such as 2026-11-27T09:30:00Z, but is '{Shorten(timestamp)}'");
        }
        var customer = row[columns.CustomerId].Span;
        if (customer.Length is 0 or > LongestField)
        {
            throw Bad(name, row.LineNumberFrom, $"customerId must have 1 to {LongestField} characters, but has {customer.Length}");
        }
        var size = row[columns.Bytes].Span;
        if (!int.TryParse(size, NumberStyles.None, CultureInfo.InvariantCulture, out var bytes) || bytes is < 1 or > MostBytes)
        {
            throw Bad(name, row.LineNumberFrom, $"bytes must be a whole number from 1 to {MostBytes}, but is '{Shorten(size)}'");
        }
        var kind = OperationKind.Create;
        if (columns.Operation is { } column)
        {
            kind = row[column].Span switch
            {
                "" or "create" => OperationKind.Create,
                "read" => OperationKind.Read,
                "list" => OperationKind.List,
                var other => throw Bad(name, row.LineNumberFrom, $"operation must be create, read or list, but is '{Shorten(other)}'"),
            };
        }
        return new OrderOperation(time.ToUnixTimeSeconds(), XxHash3.HashToUInt64(MemoryMarshal.AsBytes(customer)), bytes, kind);
    }

    private static bool TryParseTimestamp(ReadOnlySpan<char> text, out DateTimeOffset time)
    {
        time = default;
        // The format specifier K would also accept a time without an offset. The meaning of such a time would depend on the machine's time
        // zone.
        var offset = text.Length > 19 && (text[^1] == 'Z' || (text.Length > 24 && text[^6] is '+' or '-' && text[^3] == ':'));
        return offset && DateTimeOffset.TryParseExact(text, TimestampFormats, CultureInfo.InvariantCulture, DateTimeStyles.None, out time);
    }

    private static string Shorten(ReadOnlySpan<char> text) => text.Length <= 40 ? text.ToString() : $"{text[..40]}...";

    private static CommandException Bad(string name, int line, string problem) => new($"{name}, line {line}: {problem}.");

    private sealed record Columns(int Count, int Timestamp, int CustomerId, int Bytes, int? Operation)
    {
        public static Columns Of(SepReaderHeader header, string name)
        {
            return new Columns(
                header.ColNames.Count,
                Find("timestamp"),
                Find("customerId"),
                Find("bytes"),
                header.TryIndexOf("operation", out var operation) ? operation : null);

            int Find(string column) => header.TryIndexOf(column, out var index)
                ? index
                : throw new CommandException(
                    $"{name}, line 1: the header has no column '{column}'; it must contain timestamp, customerId and bytes, and may contain operation.");
        }
    }
}
