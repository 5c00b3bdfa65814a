using System.ComponentModel.DataAnnotations;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using ServerlessScale.Shared.Catalogue;
using ServerlessScale.Shared.Problems;

namespace ServerlessScale.Shared.Orders;

/// <summary>A request to place an order. It is the body of <c>POST /api/orders</c>, and <see cref="OrderRules"/> validates it.</summary>
public sealed record OrderRequest
{
    /// <summary>The currency that the client expects; null to accept the currency of the products.</summary>
    [RegularExpression(Currencies.Pattern)]
    public string? Currency { get; init; }

    [Length(1, OrderRules.MaxLines)]
    public required IReadOnlyList<RequestedLine> Lines { get; init; }
}

/// <summary>A line of an <see cref="OrderRequest"/>.</summary>
public sealed record RequestedLine
{
    [StringLength(Catalogue.Sku.MaxLength, MinimumLength = 1)]
    [RegularExpression(Catalogue.Sku.Pattern)]
    public required string Sku { get; init; }

    [Range(1, OrderRules.MaxQuantity)]
    public required long Quantity { get; init; }

    /// <summary>The price of one unit that the client expects, in minor units; null to accept the price in the catalogue.</summary>
    [Range(0, OrderRules.MaxUnitPrice)]
    public long? UnitPrice { get; init; }
}

/// <summary>Checks the limits of an order and computes its total.</summary>
public static class OrderRules
{
    public const int MaxLines = 100;

    public const long MaxQuantity = 1_000_000;

    /// <summary>The maximum unit price, in minor units.</summary>
    public const long MaxUnitPrice = ProductRules.MaxPrice;

    /// <summary>
    /// The maximum total in minor units, 2^53 - 1. JSON parsers and Cosmos DB use IEEE 754 doubles, which represent all integers up to this
    /// value exactly (RFC 7493 section 2.2).
    /// </summary>
    public const long MaxTotal = 9_007_199_254_740_991;

    /// <returns>
    /// Null when the order may be placed. Otherwise a 422 problem with a JSON Pointer: <c>currency-unknown</c>, <c>sku-invalid</c> or
    /// <c>order-limit</c>. An <c>order-limit</c> problem also has a <c>limit</c> member.
    /// </returns>
    public static Problem? Check(OrderRequest request)
    {
        if (request.Currency is { } currency && Currencies.Check(currency) is { } problem)
        {
            return problem;
        }

        if (request.Lines.Count is < 1 or > MaxLines)
        {
            return Limit("/lines", $"An order must have 1 to {MaxLines} lines. This order has {request.Lines.Count}.", MaxLines);
        }

        return request.Lines.Select(Check).FirstOrDefault(problem => problem is not null);
    }

    /// <summary>Parses the status in a change of an order.</summary>
    /// <param name="problem">A 422 <c>invalid-body</c> problem; null when the status exists.</param>
    public static bool TryParseStatus(string text, out OrderStatus status, [NotNullWhen(false)] out Problem? problem)
    {
        problem = WireNames<OrderStatus>.TryParse(text, out status) ? null : OrderProblems.StatusUnknown(text);
        return problem is null;
    }

    /// <summary>
    /// Returns the sum of quantity times unit price over all lines, in minor units. Null when the sum exceeds <see cref="MaxTotal"/>.
    /// </summary>
    public static long? TotalOf(IEnumerable<OrderLine> lines)
    {
        try
        {
            var total = lines.Aggregate(0L, (sum, line) => checked(sum + line.Quantity * line.UnitPrice));
            return total <= MaxTotal ? total : null;
        }
        catch (OverflowException)
        {
            return null;
        }
    }

    /// <param name="pointer">The location of the SKU in the request, for the problem's <see cref="Problem.Pointer"/>.</param>
    /// <returns>Null when the SKU is valid. Otherwise a 422 <c>order-limit</c> or <c>sku-invalid</c> problem.</returns>
    internal static Problem? CheckSku(string sku, string pointer)
    {
        if (sku.Length is < 1 or > Sku.MaxLength)
        {
            return Limit(pointer, $"A sku must have 1 to {Sku.MaxLength} characters. This sku has {sku.Length}.", Sku.MaxLength);
        }

        return Sku.IsValid(sku) ? null : Sku.Invalid(pointer);
    }

    /// <param name="place">The JSON Pointer (RFC 6901) to the line, for the problem's <see cref="Problem.Pointer"/>.</param>
    /// <returns>Null when the amounts are valid. Otherwise a 422 <c>order-limit</c> problem.</returns>
    internal static Problem? CheckAmounts(long quantity, long? unitPrice, string place)
    {
        if (quantity is < 1 or > MaxQuantity)
        {
            return Limit($"{place}/quantity", $"The quantity is {quantity}. Send 1 to {MaxQuantity}.", MaxQuantity);
        }

        return unitPrice is < 0 or > MaxUnitPrice
            ? Limit($"{place}/unitPrice", $"The unit price is {unitPrice}. Send 0 to {MaxUnitPrice} minor units.", MaxUnitPrice)
            : null;
    }

    /// <summary>Returns the JSON Pointer to a line.</summary>
    internal static string PlaceOf(int index) => string.Create(CultureInfo.InvariantCulture, $"/lines/{index}");

    private static Problem? Check(RequestedLine line, int index)
    {
        var place = PlaceOf(index);
        return CheckSku(line.Sku, $"{place}/sku") ?? CheckAmounts(line.Quantity, line.UnitPrice, place);
    }

    private static Problem Limit(string pointer, FormattableString detail, long limit) =>
        new(422, "order-limit", "A value is outside its limits", detail.ToString(CultureInfo.InvariantCulture))
        {
            Pointer = pointer,
            Extensions = new Dictionary<string, object?> { ["limit"] = limit },
        };
}
