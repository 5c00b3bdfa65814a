using ServerlessScale.Shared.Storage;

namespace ServerlessScale.Shared.Webhooks;

/// <summary>
/// Finds the range of rows to read for a page of a filtered listing. The scan reads only the filtered column, from a limited number of
/// rows. A query with a filter could not be limited in this way. It would scan the entire partition if no row matched.
/// </summary>
internal static class FilteredScan
{
    /// <summary>A string that sorts after every character of a key.</summary>
    public const string End = "~";

    private const int PageSize = 1000;
    private const int MostPages = 5;

    /// <param name="from">The exclusive start of the listing.</param>
    /// <param name="to">The exclusive end of the listing.</param>
    /// <param name="limit">The number of matching rows after which the range ends.</param>
    /// <returns>
    /// <c>Scanned</c> is the key of the last scanned row, or null when no more rows follow. <c>To</c> is the exclusive end of the range.
    /// </returns>
    public static async Task<(string? Scanned, string To)> RunAsync(
        Table table, string partition, string from, string to, string column, string value, int limit, CancellationToken cancellationToken)
    {
        var matches = 0;
        var pages = 0;
        string[] columns = ["PartitionKey", "RowKey", column];
        await foreach (var page in table.PagesAsync(partition, from, to, further: null, PageSize, columns, cancellationToken))
        {
            foreach (var row in page.Values)
            {
                matches += row.GetString(column) == value ? 1 : 0;
                if (matches == limit)
                {
                    return (row.RowKey, row.RowKey + End);
                }
            }

            if (++pages == MostPages && page.ContinuationToken is not null && page.Values is [.., var last])
            {
                return (last.RowKey, last.RowKey + End);
            }
        }

        return (null, to);
    }
}
