using System.Globalization;
using ServerlessScale.Shared.Problems;

namespace ServerlessScale.Shared.Catalogue;

/// <summary>Checks the limits of a product.</summary>
public static class ProductRules
{
    /// <summary>The maximum number of UTF-16 code units in a name.</summary>
    public const int MaxNameLength = 200;

    /// <summary>
    /// The maximum number of UTF-16 code units in a description. A row of Table Storage has room for 32,768 of them in a column, and JSON may
    /// need six for each.
    /// </summary>
    public const int MaxDescriptionLength = 4_000;

    /// <summary>The regular expression (ECMA-262) in the API description: no control characters, and not only spaces.</summary>
    public const string NamePattern = @"^(?=[\s\S]*\S)[^\u0000-\u001F\u007F-\u009F]*$";

    /// <summary>The regular expression (ECMA-262) in the API description: no control characters except tabs and line breaks.</summary>
    public const string DescriptionPattern = @"^[^\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F-\u009F]*$";

    /// <summary>The regular expression (ECMA-262) in the API description, with the characters of <see cref="Base32"/>.</summary>
    public const string ImageIdPattern = "^[0-9a-hjkmnp-tv-z]{26}$";

    /// <summary>The maximum price, in minor units.</summary>
    public const long MaxPrice = 1_000_000_000_000;

    /// <summary>The length of an image id, which consists of the characters of <see cref="Base32"/>.</summary>
    private const int ImageIdLength = 26;

    /// <returns>
    /// Null when the product may be stored. Otherwise a 422 problem with a pointer: <c>sku-invalid</c>, <c>product-limit</c>,
    /// <c>product-text-invalid</c>, <c>currency-unknown</c> or <c>image-id-invalid</c>. A <c>product-limit</c> problem also has a
    /// <c>limit</c> member.
    /// </returns>
    public static Problem? Check(string sku, ProductChange change) =>
        CheckSku(sku)
        ?? CheckName(change.Name)
        ?? CheckDescription(change.Description)
        ?? (change.Price is < 0 or > MaxPrice
            ? Limit("/price", $"The price is {change.Price}. Send 0 to {MaxPrice} minor units.", MaxPrice)
            : null)
        ?? Currencies.Check(change.Currency)
        ?? CheckImageId(change.ImageId);

    private static Problem? CheckSku(string sku)
    {
        if (sku.Length is < 1 or > Sku.MaxLength)
        {
            return Limit("sku", $"A sku must have 1 to {Sku.MaxLength} characters. This sku has {sku.Length}.", Sku.MaxLength);
        }

        return Sku.IsValid(sku) ? null : Sku.Invalid("sku");
    }

    private static Problem? CheckName(string name)
    {
        if (name.Length > MaxNameLength || string.IsNullOrWhiteSpace(name))
        {
            return Limit("/name", $"A name must have 1 to {MaxNameLength} characters that are not all spaces. This name has {name.Length}.", MaxNameLength);
        }

        return name.Any(char.IsControl) ? Text("/name", "The name contains a control character. Remove the character.") : null;
    }

    private static Problem? CheckDescription(string description)
    {
        if (description.Length > MaxDescriptionLength)
        {
            return Limit(
                "/description",
                $"A description may have at most {MaxDescriptionLength} characters. This description has {description.Length}.",
                MaxDescriptionLength);
        }

        return description.Any(c => char.IsControl(c) && c is not ('\n' or '\r' or '\t'))
            ? Text("/description", "The description contains a control character other than a tab or a line break. Remove the character.")
            : null;
    }

    // The catalogue does not check whether the image exists, because the catalogue may not read the tables and blobs of the images.
    private static Problem? CheckImageId(string? imageId) => imageId is null || (imageId.Length == ImageIdLength && Base32.IsValid(imageId))
        ? null
        : new(
            422, "image-id-invalid", "The image id is not valid",
            $"An image id has {ImageIdLength} characters. Send the id that the upload of an image returned, or omit the member.")
        {
            Pointer = "/imageId",
        };

    private static Problem Text(string pointer, string detail) =>
        new(422, "product-text-invalid", "A text contains a character that is not allowed", detail) { Pointer = pointer };

    private static Problem Limit(string pointer, FormattableString detail, long limit) =>
        new(422, "product-limit", "A value is outside its limits", detail.ToString(CultureInfo.InvariantCulture))
        {
            Pointer = pointer,
            Extensions = new Dictionary<string, object?> { ["limit"] = limit },
        };
}
