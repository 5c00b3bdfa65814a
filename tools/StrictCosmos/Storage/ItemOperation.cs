using Microsoft.AspNetCore.Http;
using ServerlessScale.StrictCosmos.Rules;

namespace ServerlessScale.StrictCosmos.Storage;

internal enum ItemOperationKind
{
    Create,
    Read,
    Replace,
    Upsert,
    Delete,
}

/// <summary>An operation on an item, either on its own or as part of a batch.</summary>
internal sealed record ItemOperation
{
    public required ItemOperationKind Kind { get; init; }

    public required string Id { get; init; }

    /// <summary>The submitted item, or null for a read or a delete.</summary>
    public SubmittedItem? Item { get; init; }

    public string? IfMatch { get; init; }

    public string? IfNoneMatch { get; init; }

    /// <summary>The reason why the operation would fail in any state of the partition, or null for an operation that can succeed.</summary>
    public RefusedException? Refusal { get; init; }

    /// <summary>Whether the response omits the item.</summary>
    public bool ReturnsNothing { get; init; }
}

/// <summary>The result of an <see cref="ItemOperation"/>.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Charge">The charge in RU.</param>
/// <param name="Item">The item that was read or written, or null for a delete, a 304 or a failure.</param>
/// <param name="Message">The reason for the failure, or null on success.</param>
/// <param name="SubStatus">The substatus of the failure, or 0.</param>
internal sealed record ItemOutcome(int Status, double Charge, StoredItem? Item = null, string? Message = null, int SubStatus = 0)
{
    public bool IsFailure => Status >= StatusCodes.Status400BadRequest;
}
