using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace ServerlessScale.Shared.Storage;

/// <summary>Converts customer ids to a form that is valid in partition keys.</summary>
internal static class CustomerKey
{
    private const int LongestPlain = 64;

    private static readonly SearchValues<char> Plain =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-");

    /// <summary>
    /// Maps different customer ids to different keys. An id is hashed if it is long or contains a special character, because Table Storage
    /// does not allow slashes, backslashes, number signs or question marks in keys, and other characters must be escaped in URLs. The
    /// prefix prevents collisions between plain and hashed ids.
    /// </summary>
    public static string Of(string customerId) =>
        customerId.Length <= LongestPlain && !customerId.AsSpan().ContainsAnyExcept(Plain)
            ? "c_" + customerId
            : "h_" + Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes(customerId)));
}
