namespace ServerlessScale.Measurement;

/// <summary>
/// A Markdown table. Its rows are not wrapped to the width of the terminal, so that the table can be pasted into a document. By default, the
/// first column is left-aligned, and the other columns are right-aligned.
/// </summary>
public sealed class MarkdownTable(params IReadOnlyList<string> columns)
{
    private readonly List<IReadOnlyList<string>> _rows = [];

    /// <summary>The number of columns that are left-aligned, because they contain text. The default is 1.</summary>
    public int TextColumns { get; init; } = 1;

    /// <param name="cells">The cells of the row. Missing cells at the end are left empty.</param>
    public void Add(params IReadOnlyList<string> cells)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(cells.Count, columns.Count, nameof(cells));
        // A vertical bar is escaped, because an unescaped bar would end the cell.
        _rows.Add([.. columns.Select((_, index) => index < cells.Count ? cells[index].Replace("|", "\\|", StringComparison.Ordinal) : "")]);
    }

    public void Write(TextWriter output)
    {
        IReadOnlyList<string> head = [.. columns.Select(column => column.Replace("|", "\\|", StringComparison.Ordinal))];
        int[] widths = [.. columns.Select((_, index) => Math.Max(4, _rows.Prepend(head).Max(row => row[index].Length)))];
        WriteRow(head);
        WriteRow([.. widths.Select((width, index) => index < TextColumns ? new string('-', width) : new string('-', width - 1) + ":")]);
        foreach (var row in _rows)
        {
            WriteRow(row);
        }

        void WriteRow(IReadOnlyList<string> cells) => output.WriteLine(
            $"| {string.Join(" | ", cells.Select((cell, index) => index < TextColumns ? cell.PadRight(widths[index]) : cell.PadLeft(widths[index])))} |");
    }
}
