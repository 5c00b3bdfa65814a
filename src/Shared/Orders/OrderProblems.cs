using ServerlessScale.Shared.Problems;

namespace ServerlessScale.Shared.Orders;

/// <summary>Everything that order requests can be refused for besides <see cref="OrderRules"/> and <see cref="IdempotencyKey"/>: the codes are part of the contract.</summary>
public static class OrderProblems
{
    private const string ConsistencyHeader = "Consistency-Token";

    /// <summary>The same for an order of somebody else, so that nobody learns which there are.</summary>
    public static Problem OrderNotFound() => new(
        404, "order-not-found", "There is no such order", "There is no order with this id, or it is not yours.");

    public static Problem LanguageUnknown() => new(
        404, "language-unknown", "There are no labels in this language", $"There are labels in {string.Join(", ", OrderStatusLabels.Languages)}.");

    public static Problem TotalOverflow() => new(
        422, "total-overflow", "The total is too large", $"The total may be {OrderRules.MaxTotal} minor units at most.")
    {
        Pointer = "/lines",
        Extensions = new Dictionary<string, object?> { ["limit"] = OrderRules.MaxTotal },
    };

    public static Problem KeyReused() => new(
        422, "idempotency-key-reused", "The idempotency key was used for another order",
        "An order with another body was placed under this key. Send a new key for a new order.")
    {
        Pointer = IdempotencyKey.HeaderName,
    };

    public static Problem InFlight() => new(
        409, "idempotency-in-flight", "A request with this key is being carried out",
        "Send the same request again in a moment: it answers what the first one has done.")
    {
        Pointer = IdempotencyKey.HeaderName,
        RetryAfterSeconds = 1,
    };

    public static Problem StatusUnknown(string status) => new(
        422, "invalid-body", "The body does not fit its schema",
        $"There is no status '{(status.Length <= 40 ? status : status[..40] + "...")}'; there are paid, shipped, delivered and cancelled.")
    {
        Pointer = "/status",
    };

    public static Problem Stale(Order order) => new(
        412, "order-changed", "The order is not as you have seen it",
        "If-Match names another version than the current one. Get the order, decide again, and send its ETag.")
    {
        Pointer = "If-Match",
        Extensions = new Dictionary<string, object?> { ["status"] = OrderTransitions.NameOf(order.Status) },
    };

    public static Problem TransitionNotAllowed(Order order, OrderStatus wanted)
    {
        var allowed = OrderTransitions.After(order.Status).Select(OrderTransitions.NameOf).ToArray();
        return new(
            409, "transition-not-allowed", "The order cannot get this status now",
            $"An order that is {OrderTransitions.NameOf(order.Status)} cannot become {OrderTransitions.NameOf(wanted)}, "
            + (allowed is [] ? "nor anything else." : $"only {string.Join(" or ", allowed)}."))
        {
            Pointer = "/status",
            Extensions = new Dictionary<string, object?> { ["allowed"] = allowed },
        };
    }

    public static Problem MonthInvalid() => new(
        400, "month-invalid", "There is no such month", "Send month as yyyy-MM, e.g. 2026-11, or leave it out for the current one (UTC).")
    {
        Pointer = "month",
    };

    public static Problem LimitInvalid(int most) => new(
        400, "limit-invalid", "The limit is not valid", $"Send limit as a number from 1 to {most}.")
    {
        Pointer = "limit",
        Extensions = new Dictionary<string, object?> { ["limit"] = most },
    };

    public static Problem CursorInvalid() => new(
        400, "cursor-invalid", "The cursor is not valid", "Send nextCursor as you got it, for the same month, or begin without one.")
    {
        Pointer = "cursor",
    };

    public static Problem TokenInvalid() => new(
        400, "consistency-token-invalid", "The consistency token is not valid here",
        "Send the token that a write of yours to an order of the same month has answered, or none.")
    {
        Pointer = ConsistencyHeader,
    };

    public static Problem ConsistencyNotReached() => new(
        503, "consistency-not-reached", "What was written last cannot be seen here yet",
        "The store's replica is behind. Send the request again, or without a consistency token if an older state will do.")
    {
        Pointer = ConsistencyHeader,
        RetryAfterSeconds = 1,
    };
}
