using System.Buffers;
using System.Text.Json;
using ServerlessScale.StrictCosmos.Rules;
using ServerlessScale.StrictCosmos.Storage;

namespace ServerlessScale.StrictCosmos.Query;

/// <summary>Runs a query over a snapshot of the items of one physical partition and returns one page.</summary>
internal sealed class QueryExecution(QueryRequest request)
{
    private readonly SqlQuery _query = request.Query;

    /// <param name="items">The items of the partition.</param>
    /// <param name="continuation">The continuation that the previous page returned, or null for the first page.</param>
    /// <param name="pageSize">The maximum number of items in the page.</param>
    /// <exception cref="RefusedException">400: the continuation does not belong to this query.</exception>
    public QueryPage Run(IReadOnlyList<StoredItem> items, string? continuation, int pageSize)
    {
        var after = continuation is null ? null : Continue(continuation);
        var ordered = items
            .Where(item => _query.Conditions.All(condition => condition.Holds(item.Root)))
            .Select(item => new Candidate(item, [.. _query.OrderBy.Select(key => SqlQuery.Property(item.Root, key.Path))]))
            .ToList();
        ordered.Sort(Compare);

        var start = after is null ? 0 : ordered.TakeWhile(candidate => Compare(candidate, after) <= 0).Count();
        if (request.Resume is { } resume)
        {
            start = Math.Max(start, ordered.TakeWhile(candidate => ComesBefore(candidate, resume)).Count());
        }
        return Page(ordered, start, pageSize);
    }

    private QueryPage Page(List<Candidate> ordered, int start, int most)
    {
        var documents = new List<ReadOnlyMemory<byte>>();
        long loaded = 0;
        long returned = 0;
        var at = start;
        for (; at < ordered.Count && documents.Count < most && (documents.Count == 0 || returned + ordered[at].Item.Json.Length <= ServiceLimits.ResponseBytes); at++)
        {
            var document = _query.IsRewritten ? WithOrder(ordered[at]) : ordered[at].Item.Json;
            loaded += ordered[at].Item.Json.Length;
            documents.Add(document);
            returned += document.Length;
        }
        if (at >= ordered.Count || at == start)
        {
            return new QueryPage(documents, null, loaded);
        }
        var last = ordered[at - 1];
        return new QueryPage(documents, new Continuation(last.Values, last.Item.Number), loaded);
    }

    private Continuation Continue(string text) =>
        Continuation.Parse(text, _query.OrderBy.Count) ?? throw RefusedException.BadRequest("The continuation token does not belong to this query.");

    /// <summary>
    /// Returns the result of a rewritten query. It contains the item as <c>payload</c>, and the values by which the SDK merges the results
    /// of several partitions.
    /// </summary>
    private static ReadOnlyMemory<byte> WithOrder(Candidate candidate)
    {
        var json = new ArrayBufferWriter<byte>();
        using var writer = new Utf8JsonWriter(json);
        writer.WriteStartObject();
        writer.WritePropertyName("_rid");
        SqlQuery.Property(candidate.Item.Root, ["_rid"]).WriteTo(writer);
        writer.WriteStartArray("orderByItems");
        foreach (var value in candidate.Values)
        {
            writer.WriteStartObject();
            if (value.ValueKind != JsonValueKind.Undefined)
            {
                writer.WritePropertyName("item");
                value.WriteTo(writer);
            }
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
        writer.WritePropertyName("payload");
        writer.WriteRawValue(candidate.Item.Json.Span, skipInputValidation: true);
        writer.WriteEndObject();
        writer.Flush();
        return json.WrittenMemory;
    }

    private int Compare(Candidate left, Candidate right)
    {
        var byValue = Compare(left.Values, right.Values);
        return byValue != 0 ? byValue : CompareNumbers(left.Item, right.Item.Number);
    }

    private int Compare(Candidate candidate, Continuation after)
    {
        var byValue = Compare(candidate.Values, after.Values);
        return byValue != 0 ? byValue : CompareNumbers(candidate.Item, after.Number);
    }

    private bool ComesBefore(Candidate candidate, ResumePoint resume)
    {
        var byValue = Compare(candidate.Values, resume.Values);
        return byValue < 0 || (byValue == 0 && resume.Exclude);
    }

    private int Compare(IReadOnlyList<JsonElement> left, IReadOnlyList<JsonElement> right)
    {
        for (var key = 0; key < _query.OrderBy.Count; key++)
        {
            var order = JsonOrder.Compare(left[key], right[key]);
            if (order != 0)
            {
                return _query.OrderBy[key].Descending ? -order : order;
            }
        }
        return 0;
    }

    /// <summary>
    /// Compares items whose sort values are equal. Such items are ordered by their numbers, which have the same order as their resource
    /// ids. The order is reversed when the first ORDER BY property is descending. The SDK relies on this order when it resumes a query.
    /// </summary>
    private int CompareNumbers(StoredItem item, ulong number)
    {
        var order = item.Number.CompareTo(number);
        return _query.OrderBy is [{ Descending: true }, ..] ? -order : order;
    }

    private sealed record Candidate(StoredItem Item, IReadOnlyList<JsonElement> Values);
}

/// <param name="Documents">The results as JSON.</param>
/// <param name="Continuation">The continuation for requesting the next page, or null for the last page.</param>
/// <param name="LoadedBytes">The total size, in bytes, of the items in the results.</param>
internal sealed record QueryPage(IReadOnlyList<ReadOnlyMemory<byte>> Documents, Continuation? Continuation, long LoadedBytes);
