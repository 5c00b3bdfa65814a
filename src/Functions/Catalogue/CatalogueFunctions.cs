using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using ServerlessScale.Functions.Http;
using ServerlessScale.Shared.Catalogue;
using ServerlessScale.Shared.Paging;

namespace ServerlessScale.Functions.Catalogue;

/// <summary>The HTTP API for the catalogue, <c>/api/products</c>. Everybody may read it.</summary>
public sealed class CatalogueFunctions(Lazy<ProductQueries> products, Lazy<ProductChanges> changes)
{
    private const string Scope = "catalogue.write";

    /// <summary>
    /// The maximum size of a request body. A product that reaches every limit is about 26 KB long if every character is escaped.
    /// </summary>
    private const int MaxProductBytes = 32 * 1024;

    /// <summary><c>GET /api/products?limit=&amp;cursor=</c>: lists the products in the order of their SKUs.</summary>
    [Function("ListProducts")]
    [QueryParameter("limit", "The maximum number of elements on a page. The default is 50.", Minimum = PageLimit.Min, Maximum = PageLimit.Max)]
    [QueryParameter("cursor", "The `nextCursor` of the previous page, an opaque string.")]
    [Returns<ProductPageView>(200, Headers = ["ETag", "Link"])]
    [SupportsConditions]
    [Problems("limit-invalid", "cursor-invalid")]
    public async Task<IResult> ListAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "api/products")] HttpRequest request)
    {
        var outcome = await products.Value.ListAsync(
            request.QueryParameter("limit"), request.QueryParameter("cursor"), request.HttpContext.RequestAborted);
        return outcome.Succeeded(out var listing, out var problem) ? ProductResponses.Listed(listing, request) : problem.ToResult();
    }

    /// <summary><c>GET /api/products/{sku}</c>: returns a product.</summary>
    [Function("GetProduct")]
    [Returns<ProductView>(200, Headers = ["ETag"])]
    [SupportsConditions]
    [Problems("product-not-found")]
    public async Task<IResult> GetAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "api/products/{sku}")] HttpRequest request,
        [StringLength(Sku.MaxLength, MinimumLength = 1), RegularExpression(Sku.Pattern)] string sku)
    {
        var outcome = await products.Value.FindAsync(sku, request.HttpContext.RequestAborted);
        return outcome.Succeeded(out var product, out var problem) ? ProductResponses.Found(product, request) : problem.ToResult();
    }

    /// <summary>
    /// <c>PUT /api/products/{sku}</c>: creates a product if the request has <c>If-None-Match: *</c>, or changes the version of the product
    /// that <c>If-Match</c> names.
    /// </summary>
    [Function("PutProduct")]
    [RequireScope(Scope)]
    [RequestHeader("If-Match", Pattern = IfMatch.Pattern)]
    [RequestHeader("If-None-Match", Pattern = ProductCondition.AbsencePattern)]
    [Accepts<ProductChange>]
    [Returns<ProductView>(200, Headers = ["ETag"])]
    [Returns<ProductView>(201, Headers = ["ETag", "Location"])]
    [Problems(
        "if-match-missing", "if-match-invalid", "if-none-match-invalid", "product-not-found", "product-exists", "product-changed", "sku-invalid",
        "currency-unknown", "product-limit", "product-text-invalid", "image-id-invalid")]
    public async Task<IResult> PutAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = "api/products/{sku}")] HttpRequest request,
        [StringLength(Sku.MaxLength, MinimumLength = 1), RegularExpression(Sku.Pattern)] string sku)
    {
        var http = request.HttpContext;
        if (!ProductCondition.Of(request).Succeeded(out var condition, out var problem))
        {
            return problem.ToResult();
        }

        var body = await JsonBody.ReadAsync(request, ProductBodies.Default.ProductChange, MaxProductBytes, http.RequestAborted);
        if (!body.Succeeded(out var change, out problem))
        {
            return problem.ToResult();
        }

        var outcome = await changes.Value.PutAsync(sku, condition.Version, change, http.RequestAborted);
        return outcome.Succeeded(out var written, out problem) ? ProductResponses.Written(written, http.Response) : problem.ToResult();
    }

    /// <summary><c>DELETE /api/products/{sku}</c>: deletes the version of the product that <c>If-Match</c> names.</summary>
    [Function("DeleteProduct")]
    [RequireScope(Scope)]
    [RequestHeader("If-Match", Required = true, Pattern = IfMatch.Pattern)]
    [Returns(204)]
    [Problems("if-match-missing", "if-match-invalid", "product-not-found", "product-changed")]
    public async Task<IResult> DeleteAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "api/products/{sku}")] HttpRequest request,
        [StringLength(Sku.MaxLength, MinimumLength = 1), RegularExpression(Sku.Pattern)] string sku)
    {
        var parsed = IfMatch.Parse(request.Headers.IfMatch, "Get the product and send its ETag as If-Match.");
        if (!parsed.Succeeded(out var expected, out var problem))
        {
            return problem.ToResult();
        }

        return await changes.Value.DeleteAsync(sku, expected, request.HttpContext.RequestAborted) is { } failed
            ? failed.ToResult()
            : TypedResults.NoContent();
    }
}
