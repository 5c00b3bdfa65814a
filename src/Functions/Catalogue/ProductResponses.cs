using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using ServerlessScale.Functions.Http;
using ServerlessScale.Shared.Catalogue;
using ServerlessScale.Shared.Problems;

namespace ServerlessScale.Functions.Catalogue;

/// <summary>The response to <c>GET /api/products</c>.</summary>
/// <param name="NextCursor">The cursor of the next page; omitted on the last page.</param>
internal sealed record ProductPageView(IReadOnlyList<ProductView> Products, string? NextCursor);

/// <summary>Serializes the bodies of catalogue requests and responses. Names are in camelCase, and nulls are omitted.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true)]
[JsonSerializable(typeof(ProductChange))]
[JsonSerializable(typeof(ProductView))]
[JsonSerializable(typeof(ProductPageView))]
internal sealed partial class ProductBodies : JsonSerializerContext;

/// <summary>Creates the successful responses of catalogue functions, with their headers.</summary>
internal static class ProductResponses
{
    /// <summary>
    /// Lets the edge cache products for a minute, and makes browsers validate their copy with every use. A change is therefore visible as
    /// soon as the edge's copy has been purged, and a minute later at the latest.
    /// </summary>
    private const string CacheControl = "public, max-age=0, s-maxage=60";

    /// <returns>The product, or 304 when the client already has the current version.</returns>
    public static IResult Found(Product product, HttpRequest request)
    {
        var etag = Tag(product.Version);
        return Cacheable(etag, request) ?? JsonResponse.Of(ProductView.Of(product), ProductBodies.Default.ProductView);
    }

    /// <returns>The page, or 304 when the client already has it.</returns>
    public static IResult Listed(ProductListing listing, HttpRequest request)
    {
        PageLink.Add(request, listing.NextCursor, "limit");
        return Cacheable(TagOf(listing), request)
            ?? JsonResponse.Of(
                new ProductPageView([.. listing.Products.Select(ProductView.Of)], listing.NextCursor), ProductBodies.Default.ProductPageView);
    }

    public static IResult Written(WrittenProduct written, HttpResponse response)
    {
        var product = written.Product;
        response.Headers.ETag = Tag(product.Version).ToString();
        response.Headers.CacheControl = "no-store";
        if (written.IsNew)
        {
            response.Headers.Location = $"/api/products/{product.Sku}";
        }

        return JsonResponse.Of(
            ProductView.Of(product), ProductBodies.Default.ProductView, written.IsNew ? StatusCodes.Status201Created : StatusCodes.Status200OK);
    }

    private static IResult? Cacheable(EntityTagHeaderValue etag, HttpRequest request)
    {
        var headers = request.HttpContext.Response.Headers;
        headers.ETag = etag.ToString();
        headers.CacheControl = CacheControl;
        return Preconditions.Evaluate(request, etag);
    }

    /// <summary>Returns the entity tag of a page. It is a hash of the versions of the products, because every change has a new version.</summary>
    private static EntityTagHeaderValue TagOf(ProductListing listing) => Tag(Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(
        string.Join(',', listing.Products.Select(product => $"{product.Sku} {product.Version}").Append(listing.NextCursor))))));

    private static EntityTagHeaderValue Tag(string opaque) => new($"\"{opaque}\"");
}

/// <summary>The state that a product must have before it is written.</summary>
/// <param name="Version">The version that <c>If-Match</c> names; null when the product must not exist.</param>
internal sealed record ProductCondition(string? Version)
{
    /// <summary>The regular expression (ECMA-262) in the API description of the only <c>If-None-Match</c> with which a product can be created.</summary>
    public const string AbsencePattern = @"^\*$";

    private const string Missing = "Get the product and send its ETag as If-Match, or send If-None-Match: * to create a product.";

    /// <returns>
    /// The condition, or a problem: <c>if-match-missing</c> with status 428, or <c>if-match-invalid</c> or <c>if-none-match-invalid</c> with
    /// status 400.
    /// </returns>
    public static Outcome<ProductCondition> Of(HttpRequest request)
    {
        var absent = request.Headers.IfNoneMatch;
        if (absent.Count == 0)
        {
            return IfMatch.Parse(request.Headers.IfMatch, Missing).Succeeded(out var version, out var problem)
                ? new ProductCondition(version)
                : problem;
        }

        return absent.ToString().Trim() == "*" && request.Headers.IfMatch.Count == 0
            ? new ProductCondition(Version: null)
            : new Problem(
                400, "if-none-match-invalid", "If-None-Match is not valid",
                "Send If-None-Match: * to create a product, or omit the header. Do not send the header together with If-Match.")
            {
                Pointer = HeaderNames.IfNoneMatch,
            };
    }
}
