using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Text.Json.Serialization;

namespace ServerlessScale.Shared.Catalogue;

/// <summary>A product in its stored form. <see cref="ProductRules"/> defines the limits of its values.</summary>
public sealed record Product
{
    public required string Sku { get; init; }

    public required string Name { get; init; }

    public required string Description { get; init; }

    /// <summary>The price of one unit, in minor units of <see cref="Currency"/>.</summary>
    public required long Price { get; init; }

    /// <summary>The currency's ISO 4217 alphabetic code.</summary>
    public required string Currency { get; init; }

    /// <summary>The id of the product's picture; null when the product has no picture.</summary>
    public string? ImageId { get; init; }

    /// <summary>Whether the product can be ordered.</summary>
    public required bool Active { get; init; }

    /// <summary>The UTC time of the last change, in whole milliseconds.</summary>
    public required DateTimeOffset UpdatedAt { get; init; }

    /// <summary>
    /// Identifies the write that created this version, and serves as the product's entity tag. A version number would not be sufficient,
    /// because a product that is deleted and created again would have the entity tag of an earlier product. When the response to a write is
    /// lost, the store's client library repeats the write, and the repeated write fails. If the stored product then contains the id of the
    /// failed write, the first write succeeded.
    /// </summary>
    public required Guid ChangeId { get; init; }

    /// <summary>The opaque part of the product's entity tag.</summary>
    [JsonIgnore]
    public string Version => ChangeId.ToString("N", CultureInfo.InvariantCulture);
}

/// <summary>The requested state of a product, which is the body of <c>PUT /api/products/{sku}</c>.</summary>
public sealed record ProductChange
{
    /// <summary>The name, in which not all characters are spaces.</summary>
    [StringLength(ProductRules.MaxNameLength, MinimumLength = 1)]
    [RegularExpression(ProductRules.NamePattern)]
    public required string Name { get; init; }

    /// <summary>The description, which may have several lines.</summary>
    [StringLength(ProductRules.MaxDescriptionLength)]
    [RegularExpression(ProductRules.DescriptionPattern)]
    public required string Description { get; init; }

    /// <summary>The price of one unit, in minor units of the currency.</summary>
    [Range(0, ProductRules.MaxPrice)]
    public required long Price { get; init; }

    /// <summary>The currency's ISO 4217 alphabetic code.</summary>
    [RegularExpression(Currencies.Pattern)]
    public required string Currency { get; init; }

    /// <summary>The id of the product's picture; null when the product has no picture.</summary>
    [RegularExpression(ProductRules.ImageIdPattern)]
    public string? ImageId { get; init; }

    public required bool Active { get; init; }
}

/// <summary>A product in the form that is sent to clients.</summary>
public sealed record ProductView
{
    public required string Sku { get; init; }

    public required string Name { get; init; }

    public required string Description { get; init; }

    public required long Price { get; init; }

    public required string Currency { get; init; }

    public string? ImageId { get; init; }

    public required bool Active { get; init; }

    public required DateTimeOffset UpdatedAt { get; init; }

    public static ProductView Of(Product product) => new()
    {
        Sku = product.Sku,
        Name = product.Name,
        Description = product.Description,
        Price = product.Price,
        Currency = product.Currency,
        ImageId = product.ImageId,
        Active = product.Active,
        UpdatedAt = product.UpdatedAt,
    };
}

/// <param name="Last">The SKU of the last product on the previous page.</param>
internal sealed record ProductCursor(string Last);

/// <summary>Serializes stored products and cursors as JSON with camelCase names and without null members.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true)]
[JsonSerializable(typeof(Product))]
[JsonSerializable(typeof(ProductCursor))]
internal sealed partial class ProductJson : JsonSerializerContext;
