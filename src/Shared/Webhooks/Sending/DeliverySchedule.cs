namespace ServerlessScale.Shared.Webhooks.Sending;

/// <summary>
/// The retry schedule, with ten attempts over a little more than three days. The delays come from the example in Standard Webhooks 1.0.0.
/// </summary>
public static class DeliverySchedule
{
    /// <summary>
    /// The time for which an endpoint may keep failing before it is disabled, measured from its first failure since its last success.
    /// </summary>
    public static readonly TimeSpan DisableAfter = TimeSpan.FromDays(5);

    /// <summary>
    /// The time for which an endpoint may keep failing before the customer is warned, measured as for <see cref="DisableAfter"/>. It leaves
    /// four days to correct the problem.
    /// </summary>
    public static readonly TimeSpan WarnAfter = TimeSpan.FromDays(1);

    /// <summary>The maximum wait that a receiver can request with <c>Retry-After</c>.</summary>
    public static readonly TimeSpan MaxRetryAfter = TimeSpan.FromHours(24);

    /// <summary>
    /// The maximum jitter, as a fraction of the wait. Each wait is lengthened by a random fraction between zero and this value, so that
    /// deliveries that failed at the same time are not retried at the same time.
    /// </summary>
    public const double Jitter = 0.2;

    /// <summary>The wait before each attempt, starting with the first attempt.</summary>
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
