using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace ServerlessScale.Shared.Storage;

/// <summary>A customer's part of a partition key.</summary>
internal static class CustomerKey
{
    private const int LongestPlain = 64;

    private static readonly SearchValues<char> Plain =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-");

    /// <summary>
    /// Injective, of characters that Tables allow in keys (no slash, backslash, number sign or question mark) and that need no escaping
    /// in URLs; other or longer customer ids are hashed.
    /// </summary>
    public static string Of(string customerId) =>
        customerId.Length <= LongestPlain && !customerId.AsSpan().ContainsAnyExcept(Plain)
            ? "c_" + customerId
            : "h_" + Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes(customerId)));
}
