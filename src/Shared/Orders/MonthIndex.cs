namespace ServerlessScale.Shared.Orders;

/// <summary>
/// The months in which a customer may have orders, in one item per customer. A listing reads it, so that a month without orders costs
/// nothing. The index is in the partition of a month that no order can have, because <see cref="OrderMonth"/> begins in the year 2000.
/// </summary>
internal sealed record MonthIndex(IReadOnlyList<string> Months)
{
    public const string Id = "months";

    /// <summary>Returns the partition of a customer's index.</summary>
    public static OrderShard ShardOf(string customerId) => new(customerId, default);

    public bool Contains(OrderMonth month) => Months.Contains(month.ToString());

    public MonthIndex With(OrderMonth month) => new([.. Months, month.ToString()]);

    public IReadOnlyList<OrderMonth> NewestFirst() =>
    [
        .. Months.Order(StringComparer.Ordinal).Reverse()
            .Select(text => OrderMonth.TryParse(text, out var month) ? month : throw new InvalidDataException($"'{text}' is not a month.")),
    ];
}
