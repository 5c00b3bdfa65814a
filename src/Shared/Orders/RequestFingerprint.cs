using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;

namespace ServerlessScale.Shared.Orders;

internal static class RequestFingerprint
{
    /// <summary>Base64url of SHA-256 over the request as this program writes it: the order of members and white space do not count.</summary>
    public static string Of(OrderRequest request) => Base64Url.EncodeToString(
        SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(request, OrderJson.Default.OrderRequest)));
}
