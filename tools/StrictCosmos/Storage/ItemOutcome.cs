using Microsoft.AspNetCore.Http;

namespace ServerlessScale.StrictCosmos.Storage;

/// <param name="Status">As in HTTP.</param>
/// <param name="Charge">RU.</param>
/// <param name="Item">The item read or written; null for a deletion, a 304 and a failure.</param>
/// <param name="Message">Why it failed.</param>
internal sealed record ItemOutcome(int Status, double Charge, StoredItem? Item = null, string? Message = null)
{
    public bool IsFailure => Status >= StatusCodes.Status400BadRequest;
}
