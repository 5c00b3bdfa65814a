namespace ServerlessScale.Shared.Webhooks.Sending;

/// <summary>When attempts are made: the schedule that Standard Webhooks 1.0.0 gives as its example, just over three days in all.</summary>
public static class DeliverySchedule
{
    /// <summary>An endpoint that has failed for as long as this is disabled.</summary>
    public static readonly TimeSpan DisableAfter = TimeSpan.FromDays(5);

    /// <summary>Longest wait that a receiver can ask for with <c>Retry-After</c>.</summary>
    public static readonly TimeSpan MaxRetryAfter = TimeSpan.FromHours(24);

    /// <summary>
    /// A retry comes up to this share of its delay later, never earlier: deliveries that failed together do not come back together.
    /// </summary>
    public const double Jitter = 0.2;

    /// <summary>The wait before the first attempt, the second and so on.</summary>
    public static IReadOnlyList<TimeSpan> Delays { get; } =
    [
        TimeSpan.Zero,
        TimeSpan.FromSeconds(5),
        TimeSpan.FromMinutes(5),
        TimeSpan.FromMinutes(30),
        TimeSpan.FromHours(2),
        TimeSpan.FromHours(5),
        TimeSpan.FromHours(10),
        TimeSpan.FromHours(14),
        TimeSpan.FromHours(20),
        TimeSpan.FromHours(24),
    ];

    public static int MaxAttempts => Delays.Count;
}
