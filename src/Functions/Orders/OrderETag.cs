using System.Globalization;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;
using ServerlessScale.Shared.Orders;
using ServerlessScale.Shared.Problems;

namespace ServerlessScale.Functions.Orders;

/// <summary>An order's entity tag (RFC 9110 section 8.8.3): its version, the same in either store.</summary>
internal static class OrderETag
{
    private const string Header = "If-Match";

    public static EntityTagHeaderValue Of(Order order) =>
        new(string.Create(CultureInfo.InvariantCulture, $"\"{order.Version}\""));

    /// <returns>
    /// The opaque part of the one strong tag, or a problem: <c>if-match-missing</c> 428 (RFC 6585 section 3), <c>if-match-invalid</c> 400.
    /// </returns>
    public static Outcome<string> ParseIfMatch(StringValues values)
    {
        if (values.Count == 0)
        {
            return new Problem(
                428, "if-match-missing", "The change says nothing of what it is based on", "Get the order and send its ETag as If-Match.")
            {
                Pointer = Header,
            };
        }

        return values.Count == 1
            && EntityTagHeaderValue.TryParse(values[0], out var tag)
            && !tag.IsWeak
            && !tag.Equals(EntityTagHeaderValue.Any)
                ? tag.Tag.AsSpan()[1..^1].ToString()
                : new Problem(
                    400, "if-match-invalid", "If-Match is not valid",
                    "Send one strong entity tag, with its quotes, as a read of the order has answered it in ETag.")
                {
                    Pointer = Header,
                };
    }
}
