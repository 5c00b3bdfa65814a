using System.Text.Json;

namespace ServerlessScale.Shared.Orders.Reading;

/// <summary>
/// Creates and reads the cursors of listings. A cursor contains the id of the last order on the previous page. It is signed, and it is
/// valid only for one customer and one month.
/// </summary>
internal static class OrderCursor
{
    private const string Purpose = "order-cursor";

    public static string After(OrderId last, string customerId, TokenSigner signer) => signer.Sign(
        Purpose, JsonSerializer.SerializeToUtf8Bytes(new CursorContent(customerId, last.Value), TokenJson.Default.CursorContent));

    public static bool TryRead(string text, string customerId, TokenSigner signer, out OrderId last)
    {
        last = default;
        return signer.TryRead(Purpose, text, out var bytes)
            && JsonSerializer.Deserialize(bytes, TokenJson.Default.CursorContent) is { } content
            && content.CustomerId == customerId
            && OrderId.TryParse(content.Last, out last);
    }
}

internal sealed record CursorContent(string CustomerId, string Last);
