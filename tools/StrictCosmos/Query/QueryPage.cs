namespace ServerlessScale.StrictCosmos.Query;

/// <param name="Documents">Each as UTF-8 JSON.</param>
/// <param name="Continuation">Null when the query has ended.</param>
/// <param name="LoadedBytes">Of the items that were answered.</param>
internal sealed record QueryPage(IReadOnlyList<ReadOnlyMemory<byte>> Documents, Continuation? Continuation, long LoadedBytes);
