using ServerlessScale.Shared.Problems;

namespace ServerlessScale.Shared.Catalogue;

/// <summary>
/// The problems that the catalogue API can return. <see cref="ProductRules"/> defines further problems. The codes are part of the HTTP
/// contract.
/// </summary>
public static class ProductProblems
{
    public static Problem NotFound() => new(
        404, "product-not-found", "The product does not exist", "There is no product with this sku.")
    {
        Pointer = "sku",
    };

    public static Problem Exists() => new(
        412, "product-exists", "The product already exists",
        "If-None-Match: * permits only the creation of a product. To change the product, get it and send its ETag as If-Match.")
    {
        Pointer = "If-None-Match",
    };

    public static Problem Changed() => new(
        412, "product-changed", "The product has changed since you read it",
        "If-Match does not match the product's current version, or the product was deleted. Get the product, check whether the change still "
        + "applies, and send the new ETag.")
    {
        Pointer = "If-Match",
    };
}
