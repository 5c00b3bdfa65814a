using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace ServerlessScale.Shared.Orders.Reading;

/// <summary>The position at which the next page of a listing starts.</summary>
/// <param name="Month">The month of the next order.</param>
/// <param name="Last">The last order of the previous page; null when the page starts with the newest order of the month.</param>
internal sealed record ListPosition(OrderMonth Month, OrderId? Last);

/// <summary>
/// Creates and reads the cursors of listings. A cursor is signed, is valid for 24 hours, and is valid only for one customer and one kind of
/// listing: the listing of one month or the listing of all months.
/// </summary>
internal sealed class OrderCursor(TokenSigner signer, TimeProvider time, bool allMonths)
{
    /// <summary>A client that pages through a listing needs minutes. The limit makes sure that a leaked cursor is soon useless.</summary>
    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(24);

    private readonly string _purpose = allMonths ? "order-cursor-all" : "order-cursor";

    public string Of(string customerId, ListPosition position) => signer.Sign(
        _purpose,
        JsonSerializer.SerializeToUtf8Bytes(
            new CursorContent(customerId, position.Month.ToString(), position.Last?.Value, time.GetUtcNow().ToUnixTimeSeconds()),
            TokenJson.Default.CursorContent));

    /// <returns>False when the cursor was altered, has expired, or was signed for another customer or kind of listing.</returns>
    public bool TryRead(string text, string customerId, [NotNullWhen(true)] out ListPosition? position)
    {
        position = null;
        if (!signer.TryRead(_purpose, text, out var bytes)
            || JsonSerializer.Deserialize(bytes, TokenJson.Default.CursorContent) is not { } content
            || content.CustomerId != customerId
            || DateTimeOffset.FromUnixTimeSeconds(content.IssuedAt) + Lifetime <= time.GetUtcNow()
            || !OrderMonth.TryParse(content.Month, out var month))
        {
            return false;
        }

        OrderId? last = OrderId.TryParse(content.Last, out var id) ? id : null;
        position = new ListPosition(month, last);
        return true;
    }
}

/// <param name="Month">The month as <c>yyyy-MM</c>; null in a cursor of an older version, which counts as expired.</param>
/// <param name="IssuedAt">The time at which the cursor was issued, in Unix seconds.</param>
internal sealed record CursorContent(string CustomerId, string? Month, string? Last, long IssuedAt);
