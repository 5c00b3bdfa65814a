using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace ServerlessScale.Shared.Storage;

/// <summary>A customer id in the form in which it is part of a partition key.</summary>
internal static class CustomerKey
{
    private const int LongestPlain = 64;

    private static readonly SearchValues<char> Plain =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-");

    /// <summary>
    /// Maps different customer ids to different keys. Table Storage does not allow slash, backslash, number sign and question mark in keys,
    /// and other characters need escapes in URLs, so an id with such characters, or a long one, is hashed. The prefix keeps plain and
    /// hashed ids apart.
    /// </summary>
    public static string Of(string customerId) =>
        customerId.Length <= LongestPlain && !customerId.AsSpan().ContainsAnyExcept(Plain)
            ? "c_" + customerId
            : "h_" + Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes(customerId)));
}
