namespace ServerlessScale.Shared.Cart;

/// <summary>What a line is to be: the body of <c>PUT /api/cart/lines/{sku}</c>, before <see cref="CartRules"/> has seen it.</summary>
public sealed record CartLineChange
{
    /// <summary>0 removes the line.</summary>
    public required long Quantity { get; init; }

    /// <summary>In minor units of <see cref="Currency"/>; needed unless the line is removed.</summary>
    public long? UnitPrice { get; init; }

    /// <summary>ISO 4217 alphabetic code, the same for the whole cart; needed unless the line is removed.</summary>
    public string? Currency { get; init; }
}
