using System.Diagnostics.CodeAnalysis;

namespace ServerlessScale.Shared.Webhooks.Deliveries;

/// <summary>Where a delivery is.</summary>
public enum DeliveryStatus
{
    /// <summary>It is going to be attempted, for the first time or again.</summary>
    Pending,

    /// <summary>The receiver has taken it (2xx).</summary>
    Delivered,

    /// <summary>Nothing more is attempted, unless it is replayed.</summary>
    Failed,
}

/// <summary>The statuses by the names that clients use.</summary>
public static class DeliveryStatuses
{
    public static IReadOnlyList<string> Names { get; } = ["pending", "delivered", "failed"];

    public static string NameOf(DeliveryStatus status) => Names[(int)status];

    public static bool TryParse(string text, [NotNullWhen(true)] out DeliveryStatus? status)
    {
        var index = Names.ToList().IndexOf(text);
        status = index < 0 ? null : (DeliveryStatus)index;
        return index >= 0;
    }
}
