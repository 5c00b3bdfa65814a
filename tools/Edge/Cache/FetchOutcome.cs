namespace ServerlessScale.Edge.Cache;

/// <summary>What one fetch for possibly many clients has come to.</summary>
internal abstract record FetchOutcome
{
    /// <summary>An answer for everybody.</summary>
    internal sealed record Shared(StoredAnswer Answer, bool IsNew) : FetchOutcome;

    /// <summary>An answer that may belong to the one request that it was fetched for.</summary>
    /// <param name="Answer">For that one only.</param>
    /// <param name="Reason">Why it may not be shared, in a word.</param>
    internal sealed record Unshared(FetchedAnswer Answer, string Reason) : FetchOutcome;

    /// <summary>Too much to be kept; nothing of it is here.</summary>
    internal sealed record TooLarge : FetchOutcome;

    /// <summary>A status of 500 or more, or none at all.</summary>
    /// <param name="Answer">For the request that it was fetched for; null when there is none.</param>
    internal sealed record Failed(FetchedAnswer? Answer) : FetchOutcome;
}
