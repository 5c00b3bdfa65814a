namespace ServerlessScale.ColdStart.Measuring;

/// <summary>The plan of a measurement, which lists the apps to measure.</summary>
/// <param name="Starts">The apps to measure, each with the variant to publish.</param>
/// <param name="Runs">The number of cold starts per app and variant.</param>
/// <param name="DropPageCache">Whether the app is removed from the page cache before each start, so that it is read from the disk.</param>
internal sealed record MeasurementPlan(IReadOnlyList<(MeasuredApp App, Variant Variant)> Starts, int Runs, bool DropPageCache)
{
    /// <summary>Plans the app and the empty worker, each as published and as a plain Release build.</summary>
    public static MeasurementPlan Usual(int runs, bool dropPageCache) => new(
        [
            (MeasuredApp.Shop, Variants.AsPublished),
            (MeasuredApp.Shop, Variants.Plain),
            (MeasuredApp.Hello, Variants.AsPublished),
            (MeasuredApp.Hello, Variants.Plain),
        ],
        runs,
        dropPageCache);

    /// <summary>Plans the app as published, the empty worker, and each of the given variants of the app.</summary>
    public static MeasurementPlan Matrix(IEnumerable<Variant> ablations, int runs, bool dropPageCache) => new(
        [
            (MeasuredApp.Hello, Variants.AsPublished),
            (MeasuredApp.Shop, Variants.AsPublished),
            .. ablations.Select(variant => (MeasuredApp.Shop, variant)),
        ],
        runs,
        dropPageCache);

    /// <summary>Plans one app with all capabilities and one app per capability. All of them use the same package.</summary>
    public static MeasurementPlan Topologies(IEnumerable<string> microservices, int runs) => new(
        [.. Variants.Topologies(microservices).Select(variant => (MeasuredApp.Shop, variant))],
        runs,
        DropPageCache: false);
}

/// <summary>A function app of this repository.</summary>
/// <param name="Name">A short name for tables.</param>
/// <param name="Project">The path from the repository root to the project, as a list of folders.</param>
/// <param name="FirstRequest">The path of the first request.</param>
internal sealed record MeasuredApp(string Name, IReadOnlyList<string> Project, string FirstRequest)
{
    /// <summary>The shop, with all capabilities in one app.</summary>
    public static MeasuredApp Shop { get; } = new("app", ["src", "Functions"], "api/health/live");

    /// <summary>An isolated worker with only the HTTP function from the Functions templates.</summary>
    public static MeasuredApp Hello { get; } = new("hello", ["tools", "ColdStart", "HelloWorker"], "api/hello");
}
