using System.Text.Json;

namespace ServerlessScale.Shared.Orders;

/// <summary>Where a listing goes on: signed, and of use only to the customer and for the month that it was made for.</summary>
internal static class OrderCursor
{
    private const string Purpose = "order-cursor";

    public static string After(OrderId last, string customerId, TokenSigner signer) => signer.Sign(
        Purpose, JsonSerializer.SerializeToUtf8Bytes(new CursorContent(customerId, last.Value), OrderJson.Default.CursorContent));

    public static bool TryRead(string text, string customerId, TokenSigner signer, out OrderId last)
    {
        last = default;
        return signer.TryRead(Purpose, text, out var bytes)
            && JsonSerializer.Deserialize(bytes, OrderJson.Default.CursorContent) is { } content
            && content.CustomerId == customerId
            && OrderId.TryParse(content.Last, out last);
    }
}

internal sealed record CursorContent(string CustomerId, string Last);
