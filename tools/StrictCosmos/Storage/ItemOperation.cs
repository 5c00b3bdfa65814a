namespace ServerlessScale.StrictCosmos.Storage;

internal enum ItemOperationKind
{
    Create,
    Read,
    Replace,
    Upsert,
    Delete,
}

/// <summary>One operation on one item, alone or in a batch.</summary>
internal sealed record ItemOperation
{
    public required ItemOperationKind Kind { get; init; }

    public required string Id { get; init; }

    /// <summary>Present for create, replace and upsert.</summary>
    public SubmittedItem? Item { get; init; }

    public string? IfMatch { get; init; }

    public string? IfNoneMatch { get; init; }

    /// <summary>The writer does not want the item back.</summary>
    public bool ReturnsNothing { get; init; }
}
