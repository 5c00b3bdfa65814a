using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace ServerlessScale.Local.Lab.Experiments;

/// <summary>A run of an experiment, as <c>GET /_local/experiments/{name}/runs/{id}</c> and the event stream return it.</summary>
public sealed record RunState
{
    public required string Id { get; init; }

    /// <summary>The name of the experiment.</summary>
    public required string Experiment { get; init; }

    public required RunStatus Status { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>The time at which the run, including the undoing of its changes, had ended; null before.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>The values of all options.</summary>
    public required IReadOnlyDictionary<string, string> Options { get; init; }

    /// <summary>The completed share, from 0 to 1.</summary>
    public double Progress { get; init; }

    /// <summary>A sentence that states what the run does now, or why it failed.</summary>
    public string Text { get; init; } = "";

    /// <summary>The columns of the result table.</summary>
    public required IReadOnlyList<ResultColumn> Columns { get; init; }

    /// <summary>The rows so far. A cell is a text, a number or null.</summary>
    public IReadOnlyList<IReadOnlyList<Cell>> Rows { get; init; } = [];

    public IReadOnlyList<HeatMap> HeatMaps { get; init; } = [];

    /// <summary>The failed requests so far. They are excluded from the times.</summary>
    public IReadOnlyList<FailedRequest> Failed { get; init; } = [];

    /// <summary>One or two sentences that sum up a completed run; otherwise null.</summary>
    public string? Conclusion { get; init; }

    /// <summary>The changes that could not be undone, each with the reason. Usually empty.</summary>
    public IReadOnlyList<string> NotUndone { get; init; } = [];
}

[JsonConverter(typeof(JsonStringEnumConverter<RunStatus>))]
public enum RunStatus
{
    [JsonStringEnumMemberName("running")]
    Running,

    /// <summary>The experiment has ended or was cancelled, and its changes are being undone.</summary>
    [JsonStringEnumMemberName("undoing")]
    Undoing,

    /// <summary>The run is complete, and the expected effect showed.</summary>
    [JsonStringEnumMemberName("shown")]
    Shown,

    /// <summary>The run is complete, but the expected effect did not show.</summary>
    [JsonStringEnumMemberName("notShown")]
    NotShown,

    [JsonStringEnumMemberName("cancelled")]
    Cancelled,

    /// <summary>The run could not be completed. The text states the reason.</summary>
    [JsonStringEnumMemberName("failed")]
    Failed,
}

/// <param name="Request">The request, such as <c>GET api/orders</c>.</param>
/// <param name="Result">The status, or <c>no response</c>.</param>
/// <param name="Count">The number of failures.</param>
public sealed record FailedRequest(string Request, string Result, int Count);

/// <summary>A matrix of numbers, which the page draws as colours.</summary>
/// <param name="Title">The title.</param>
/// <param name="Unit">The unit of the values, such as <c>orders</c>.</param>
/// <param name="Rows">The names of the rows.</param>
/// <param name="Columns">The names of the columns.</param>
/// <param name="Values">The values of each row.</param>
public sealed record HeatMap(
    string Title, string Unit, IReadOnlyList<string> Rows, IReadOnlyList<string> Columns, IReadOnlyList<IReadOnlyList<double>> Values);

/// <summary>A cell of a result table: a text, a number, or nothing.</summary>
[JsonConverter(typeof(CellConverter))]
public readonly record struct Cell(string? Text, double? Number)
{
    public static implicit operator Cell(string? text) => new(text, null);

    public static implicit operator Cell(int number) => new(null, number);

    public static implicit operator Cell(long number) => new(null, number);

    public static implicit operator Cell(double number) => new(null, double.IsFinite(number) ? number : null);

    public static implicit operator Cell(double? number) => number is { } value ? value : default;

    public static Cell FromString(string? text) => text;

    public static Cell FromDouble(double number) => number;

    /// <summary>Formats the cell for a table.</summary>
    public string ToString(ResultColumn column)
    {
        ArgumentNullException.ThrowIfNull(column);
        return Number is { } number
            ? number.ToString("N" + (column.Decimals ?? 0).ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture)
            : Text ?? "-";
    }

    internal sealed class CellConverter : JsonConverter<Cell>
    {
        public override Cell Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.TokenType switch
        {
            JsonTokenType.Null => default,
            JsonTokenType.String => new(reader.GetString(), null),
            _ => new(null, reader.GetDouble()),
        };

        public override void Write(Utf8JsonWriter writer, Cell value, JsonSerializerOptions options)
        {
            if (value.Number is { } number)
            {
                writer.WriteNumberValue(Math.Round(number, 4));
            }
            else
            {
                writer.WriteStringValue(value.Text);
            }
        }
    }
}
