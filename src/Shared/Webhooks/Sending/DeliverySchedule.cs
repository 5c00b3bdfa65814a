namespace ServerlessScale.Shared.Webhooks.Sending;

/// <summary>
/// The retry schedule: ten attempts over a little more than three days. The delays are those of the example in Standard Webhooks 1.0.0.
/// </summary>
public static class DeliverySchedule
{
    /// <summary>An endpoint is disabled when its attempts have failed for this long without a success in between.</summary>
    public static readonly TimeSpan DisableAfter = TimeSpan.FromDays(5);

    /// <summary>The longest wait that a receiver can ask for with <c>Retry-After</c>.</summary>
    public static readonly TimeSpan MaxRetryAfter = TimeSpan.FromHours(24);

    /// <summary>
    /// Each wait is longer by a random share between zero and this one, so that deliveries that failed together are not retried together.
    /// </summary>
    public const double Jitter = 0.2;

    /// <summary>The wait before each attempt. The first entry belongs to the first attempt.</summary>
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
