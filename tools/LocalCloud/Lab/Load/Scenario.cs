namespace ServerlessScale.Local.Lab.Load;

/// <summary>A combination of a load and the instances that serve it.</summary>
/// <param name="Name">The name of the scenario in tables and plots.</param>
/// <param name="Speeds">The speed of each instance, which is also its weight under the weighted policies.</param>
/// <param name="ExpensiveShare">The fraction of requests that take twenty times as long to process as the others.</param>
internal sealed record Scenario(string Name, int[] Speeds, double ExpensiveShare)
{
    /// <summary>The time that a cheap request takes on an idle instance of speed 1.</summary>
    public static readonly TimeSpan CheapWork = TimeSpan.FromMilliseconds(100);

    public static readonly TimeSpan ExpensiveWork = 20 * CheapWork;

    /// <summary>The number of requests that an instance can process concurrently. Further requests wait.</summary>
    public const int SlotsPerInstance = 4;

    /// <summary>The fraction of the total capacity that the load uses.</summary>
    public const double Utilisation = 0.7;

    public static IReadOnlyList<Scenario> All { get; } =
    [
        new("equal instances, cheap requests", [2, 2, 2, 2], ExpensiveShare: 0),
        new("equal instances, 1 in 20 expensive", [2, 2, 2, 2], ExpensiveShare: 0.05),
        new("unequal instances, cheap requests", [4, 2, 1, 1], ExpensiveShare: 0),
        new("unequal instances, 1 in 20 expensive", [4, 2, 1, 1], ExpensiveShare: 0.05),
    ];

    /// <summary>The rate, in requests per second, at which the load reaches <see cref="Utilisation"/>.</summary>
    public double Rate
    {
        get
        {
            var work = (CheapWork.TotalSeconds * (1 - ExpensiveShare)) + (ExpensiveWork.TotalSeconds * ExpensiveShare);
            return Utilisation * SlotsPerInstance * Speeds.Sum() / work;
        }
    }
}
