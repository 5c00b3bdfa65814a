using System.Collections.Frozen;

namespace ServerlessScale.Shared.Orders;

/// <summary>The labels of all order statuses in one language.</summary>
/// <param name="Language">A language tag (RFC 5646), as in <c>Content-Language</c>.</param>
/// <param name="Statuses">The labels, keyed by the status names that orders use.</param>
public sealed record OrderStatusLabels(string Language, IReadOnlyDictionary<string, string> Statuses)
{
    public const string English = "en";

    public const string German = "de";

    public const string Spanish = "es";

    public const string DefaultLanguage = English;

    private static readonly FrozenDictionary<string, OrderStatusLabels> ByLanguage = new OrderStatusLabels[]
    {
        Of(English, "Placed", "Paid", "Shipped", "Delivered", "Cancelled"),
        Of(German, "Bestellt", "Bezahlt", "Versandt", "Zugestellt", "Storniert"),
        Of(Spanish, "Realizado", "Pagado", "Enviado", "Entregado", "Cancelado"),
    }.ToFrozenDictionary(labels => labels.Language, StringComparer.Ordinal);

    /// <summary>The tags of the languages that have labels.</summary>
    public static IEnumerable<string> Languages => ByLanguage.Keys.Order(StringComparer.Ordinal);

    /// <returns>The labels. Null when there are none in this language.</returns>
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
        }.ToDictionary(label => WireNames<OrderStatus>.Of(label.Key), label => label.Value));
}
