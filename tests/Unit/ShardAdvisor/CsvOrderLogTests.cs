using ServerlessScale.Measurement;
using ServerlessScale.ShardAdvisor.Orders;

namespace ServerlessScale.Tests.Unit.ShardAdvisor;

public sealed class CsvOrderLogTests
{
    [Fact]
    public void An_order_log_can_have_reordered_columns_quotes_and_time_offsets()
    {
        var operations = Read(
            """
            customerId,operation,bytes,timestamp
            alice,create,900,2026-11-27T09:00:00Z
            "al""i,ce",read,2097152,2026-11-27T10:00:00.999+01:00
            alice,list,1,2026-11-27T09:00:05.5Z
            alice,,7,2026-11-27T09:00:05Z
            """);

        Assert.Equal([0, 0, 5, 5], operations.Select(operation => operation.Second - operations[0].Second));
        Assert.Equal(new DateTimeOffset(2026, 11, 27, 9, 0, 0, TimeSpan.Zero).ToUnixTimeSeconds(), operations[0].Second);
        Assert.Equal([900, 2_097_152, 1, 7], operations.Select(operation => operation.Bytes));
        Assert.Equal(
            [OperationKind.Create, OperationKind.Read, OperationKind.List, OperationKind.Create],
            operations.Select(operation => operation.Kind));
        Assert.Equal(operations[0].Customer, operations[2].Customer);
        Assert.NotEqual(operations[0].Customer, operations[1].Customer);
    }

    [Fact]
    public void A_log_without_an_operation_column_contains_only_creations() =>
        Assert.All(
            Read("timestamp,customerId,bytes\n2026-01-01T00:00:00Z,a,1\n2026-01-01T00:00:00Z,b,1\n"),
            operation => Assert.Equal(OperationKind.Create, operation.Kind));

    [Theory]
    [InlineData("yesterday,a,1,create", "timestamp must be RFC 3339")]
    [InlineData("2026-11-27T09:00:01,a,1,create", "timestamp must be RFC 3339")]
    [InlineData("2026-11-27 09:00:01Z,a,1,create", "timestamp must be RFC 3339")]
    [InlineData("2026-02-30T09:00:01Z,a,1,create", "timestamp must be RFC 3339")]
    [InlineData("2026-11-26T09:00:01Z,a,1,create", "timestamp is earlier than in the previous line")]
    [InlineData("2026-11-27T09:00:01Z,,1,create", "customerId must have 1 to 1024 characters, but has 0")]
    [InlineData("2026-11-27T09:00:01Z,a,0,create", "bytes must be a whole number from 1 to 2097152, but is '0'")]
    [InlineData("2026-11-27T09:00:01Z,a,2097153,create", "bytes must be")]
    [InlineData("2026-11-27T09:00:01Z,a,99999999999999999999,create", "bytes must be")]
    [InlineData("2026-11-27T09:00:01Z,a,NaN,create", "bytes must be")]
    [InlineData("2026-11-27T09:00:01Z,a,-1,create", "bytes must be")]
    [InlineData("2026-11-27T09:00:01Z,a,1,delete", "operation must be create, read or list, but is 'delete'")]
    [InlineData("2026-11-27T09:00:01Z,a", "the header has 4 columns, but this line has 2")]
    [InlineData("2026-11-27T09:00:01Z,a,1,create,more", "the header has 4 columns, but this line has 5")]
    public void The_error_for_an_invalid_line_states_its_number_and_the_reason(string line, string problem)
    {
        var thrown = Assert.Throws<CommandException>(() => Read(
            $"timestamp,customerId,bytes,operation\n2026-11-27T09:00:00Z,a,1,create\n{line}\n"));

        Assert.StartsWith($"orders.csv, line 3: {problem}", thrown.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "has no column 'timestamp'")]
    [InlineData("timestamp,bytes\n", "has no column 'customerId'")]
    [InlineData("timestamp,customerId,bytes,bytes\n", "the header cannot be read")]
    [InlineData("timestamp,customerId,bytes\n", "the log has no operations after the header")]
    public void An_order_log_without_a_header_or_orders_is_rejected(string text, string problem) =>
        Assert.Contains(problem, Assert.Throws<CommandException>(() => Read(text)).Message, StringComparison.Ordinal);

    [Fact]
    public void An_endless_order_log_is_read_line_by_line()
    {
        using var endless = new EndlessLog();

        Assert.Equal(100_000, CsvOrderLog.Read(endless, "orders.csv").Take(100_000).Count());
    }

    [Fact]
    public void An_endless_log_line_is_rejected()
    {
        using var endless = new EndlessLog { Line = "x" };

        Assert.Throws<CommandException>(() => CsvOrderLog.Read(endless, "orders.csv").Count());
    }

    private static List<OrderOperation> Read(string text)
    {
        using var reader = new StringReader(text);
        return [.. CsvOrderLog.Read(reader, "orders.csv")];
    }

    /// <summary>A reader that returns a header and then the same line forever.</summary>
    private sealed class EndlessLog : TextReader
    {
        private string _rest = "timestamp,customerId,bytes\n";

        public string Line { get; init; } = "2026-01-01T00:00:00Z,alice,900\n";

        public override int Read(Span<char> buffer)
        {
            for (var i = 0; i < buffer.Length; i++)
            {
                if (_rest.Length == 0)
                {
                    _rest = Line;
                }
                buffer[i] = _rest[0];
                _rest = _rest[1..];
            }
            return buffer.Length;
        }

        public override int Read(char[] buffer, int index, int count) => Read(buffer.AsSpan(index, count));
    }
}
