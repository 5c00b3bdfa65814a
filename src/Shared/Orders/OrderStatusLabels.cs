using System.Collections.Frozen;

namespace ServerlessScale.Shared.Orders;

/// <summary>What to call an order's statuses in front of customers.</summary>
/// <param name="Language">As in <c>Content-Language</c> (RFC 5646).</param>
/// <param name="Statuses">The label of each status, by its name in an order.</param>
public sealed record OrderStatusLabels(string Language, IReadOnlyDictionary<string, string> Statuses)
{
    public const string DefaultLanguage = "en";

    private static readonly FrozenDictionary<string, OrderStatusLabels> ByLanguage = new OrderStatusLabels[]
    {
        Of("en", "Placed", "Paid", "Shipped", "Delivered", "Cancelled"),
        Of("de", "Bestellt", "Bezahlt", "Versandt", "Zugestellt", "Storniert"),
        Of("es", "Realizado", "Pagado", "Enviado", "Entregado", "Cancelado"),
    }.ToFrozenDictionary(labels => labels.Language, StringComparer.Ordinal);

    /// <summary>The languages that there are labels in.</summary>
    public static IEnumerable<string> Languages => ByLanguage.Keys.Order(StringComparer.Ordinal);

    /// <returns>Null when there are none in that language.</returns>
    public static OrderStatusLabels? Find(string language) => ByLanguage.GetValueOrDefault(language);

    private static OrderStatusLabels Of(string language, string placed, string paid, string shipped, string delivered, string cancelled) => new(
        language,
        new Dictionary<OrderStatus, string>
        {
            [OrderStatus.Placed] = placed,
            [OrderStatus.Paid] = paid,
            [OrderStatus.Shipped] = shipped,
            [OrderStatus.Delivered] = delivered,
            [OrderStatus.Cancelled] = cancelled,
        }.ToDictionary(label => OrderTransitions.NameOf(label.Key), label => label.Value));
}
