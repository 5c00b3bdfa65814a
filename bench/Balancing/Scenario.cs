namespace ServerlessScale.Bench.Balancing;

/// <summary>A load and the instances that carry it.</summary>
/// <param name="Name">For tables.</param>
/// <param name="Speeds">How fast each instance works; also its weight under the weighted policies.</param>
/// <param name="DearShare">How many of the requests cost twenty times as much as the others.</param>
internal sealed record Scenario(string Name, int[] Speeds, double DearShare)
{
    /// <summary>What a cheap request takes of an instance of speed 1, alone.</summary>
    public static readonly TimeSpan CheapWork = TimeSpan.FromMilliseconds(100);

    public static readonly TimeSpan DearWork = 20 * CheapWork;

    /// <summary>Requests that an instance works at, at the same time; the others wait.</summary>
    public const int SlotsPerInstance = 4;

    /// <summary>The share of all instances' capacity that the load takes.</summary>
    public const double Utilisation = 0.7;

    public static IReadOnlyList<Scenario> All { get; } =
    [
        new("equal instances, cheap requests", [2, 2, 2, 2], DearShare: 0),
        new("equal instances, 1 in 20 dear", [2, 2, 2, 2], DearShare: 0.05),
        new("unequal instances, cheap requests", [4, 2, 1, 1], DearShare: 0),
        new("unequal instances, 1 in 20 dear", [4, 2, 1, 1], DearShare: 0.05),
    ];

    /// <summary>Requests a second that take the wanted share of the capacity.</summary>
    public double Rate
    {
        get
        {
            var work = (CheapWork.TotalSeconds * (1 - DearShare)) + (DearWork.TotalSeconds * DearShare);
            return Utilisation * SlotsPerInstance * Speeds.Sum() / work;
        }
    }
}
