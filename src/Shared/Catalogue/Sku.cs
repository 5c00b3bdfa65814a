using System.Buffers;
using ServerlessScale.Shared.Problems;

namespace ServerlessScale.Shared.Catalogue;

/// <summary>The rules for SKUs (stock keeping units), which identify products in the catalogue, in carts and in orders.</summary>
public static class Sku
{
    public const int MaxLength = 64;

    /// <summary>The regular expression (ECMA-262) in the API description, which matches exactly the SKUs that <see cref="IsValid"/> accepts.</summary>
    public const string Pattern = @"^(?!\.{1,2}$)[A-Za-z0-9._-]+$";

    private const string Characters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";

    private static readonly SearchValues<char> Allowed = SearchValues.Create(Characters);

    /// <summary>
    /// Returns whether the text is a SKU. Products and cart lines have their SKU in their path. Clients and servers remove the path segments
    /// "." and ".." (RFC 3986 section 5.2.4), so such a SKU could never be addressed.
    /// </summary>
    public static bool IsValid(string text) =>
        text.Length is >= 1 and <= MaxLength && text is not ("." or "..") && !text.AsSpan().ContainsAnyExcept(Allowed);

    /// <param name="pointer">The location of the SKU in the request.</param>
    public static Problem Invalid(string pointer) => new(
        422, "sku-invalid", "The sku is not valid",
        "A sku consists of the letters A to Z in either case, digits, dots, underscores and hyphens. The skus '.' and '..' are not allowed.")
    {
        Pointer = pointer,
    };
}
