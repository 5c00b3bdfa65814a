using System.Text;
using System.Text.Json;
using ServerlessScale.StrictCosmos.Storage;
using ServerlessScale.StrictCosmos.Wire;

namespace ServerlessScale.StrictCosmos.Query;

/// <summary>Runs a query over a snapshot of one physical partition's items and answers one page.</summary>
internal sealed class QueryExecution(QueryRequest request)
{
    private readonly SqlQuery _query = request.Query;
    private readonly SqlEvaluator _evaluator = new(request.Parameters);

    /// <param name="continuation">From the page before.</param>
    /// <param name="pageSize">The most items in the page.</param>
    /// <exception cref="RefusedException">400 when the continuation is not one of this query.</exception>
    public QueryPage Run(IReadOnlyList<StoredItem> items, string? continuation, int pageSize)
    {
        var after = continuation is null ? null : Continue(continuation);
        var ordered = items
            .Where(item => _evaluator.Passes(_query.Where, item.Root))
            .Select(item => new Candidate(item, [.. _query.OrderBy.Select(key => SqlEvaluator.Property(item.Root, key.Path))]))
            .ToList();
        ordered.Sort(Compare);

        var start = after is null ? 0 : ordered.TakeWhile(candidate => Compare(candidate, after) <= 0).Count();
        if (request.Resume is { } resume)
        {
            start = Math.Max(start, ordered.TakeWhile(candidate => ComesBefore(candidate, resume)).Count());
        }
        if (after is null)
        {
            start += request.Count(_query.Offset) ?? 0;
        }
        var remaining = after is null ? request.Count(_query.Top) ?? request.Count(_query.Limit) : after.Remaining;
        return Page(ordered, start, Math.Min(pageSize, remaining ?? int.MaxValue), remaining);
    }

    private QueryPage Page(List<Candidate> ordered, int start, int most, int? remaining)
    {
        var documents = new List<ReadOnlyMemory<byte>>();
        long loaded = 0;
        long answered = 0;
        var at = start;
        for (; at < ordered.Count && documents.Count < most && (documents.Count == 0 || answered + ordered[at].Item.Json.Length <= ServiceLimits.ResponseBytes); at++)
        {
            var item = ordered[at].Item;
            loaded += item.Json.Length;
            if (Project(item) is { } document)
            {
                documents.Add(document);
                answered += document.Length;
            }
        }
        var left = remaining - documents.Count;
        if (at >= ordered.Count || at == start || left == 0)
        {
            return new QueryPage(documents, null, loaded);
        }
        var last = ordered[at - 1];
        return new QueryPage(documents, new Continuation(last.Values, last.Item.Number, left), loaded);
    }

    private Continuation Continue(string text) =>
        Continuation.Parse(text, _query.OrderBy.Count) ?? throw RefusedException.BadRequest("Invalid continuation token.");

    /// <returns>Null when a SELECT VALUE is undefined for the item, which then is left out.</returns>
    private ReadOnlyMemory<byte>? Project(StoredItem item)
    {
        if (_query.Select is null)
        {
            return item.Json;
        }
        var value = _evaluator.Evaluate(_query.Select, item.Root);
        return value.ValueKind == JsonValueKind.Undefined ? null : Encoding.UTF8.GetBytes(value.GetRawText());
    }

    private int Compare(Candidate left, Candidate right)
    {
        var byValue = Compare(left.Values, right.Values);
        return byValue != 0 ? byValue : ComparePlace(left.Item, right.Item.Number);
    }

    private int Compare(Candidate candidate, Continuation after)
    {
        var byValue = Compare(candidate.Values, after.Values);
        return byValue != 0 ? byValue : ComparePlace(candidate.Item, after.Number);
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

    /// <summary>Ties lie in the order of their resource ids, turned around with a descending order: the SDK resumes by that.</summary>
    private int ComparePlace(StoredItem item, ulong number)
    {
        var order = item.Number.CompareTo(number);
        return _query.OrderBy is [{ Descending: true }, ..] ? -order : order;
    }

    private sealed record Candidate(StoredItem Item, IReadOnlyList<JsonElement> Values);
}
