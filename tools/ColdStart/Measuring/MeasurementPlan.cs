namespace ServerlessScale.ColdStart.Measuring;

/// <summary>What is measured.</summary>
/// <param name="Starts">Each app in each of the ways that it is published.</param>
/// <param name="Runs">Cold starts of each.</param>
/// <param name="DropPageCache">Whether each start reads its files from the disk.</param>
internal sealed record MeasurementPlan(IReadOnlyList<(MeasuredApp App, Variant Variant)> Starts, int Runs, bool DropPageCache)
{
    /// <summary>The app against the empty worker, as published, with just-in-time compilation only, and without any tuning.</summary>
    public static MeasurementPlan Usual(int runs, bool dropPageCache) => new(
        [
            (MeasuredApp.Shop, Variants.AsPublished),
            (MeasuredApp.Shop, Variants.Plain),
            (MeasuredApp.Hello, Variants.AsPublished),
            (MeasuredApp.Hello, Variants.Plain),
        ],
        runs,
        dropPageCache);

    /// <summary>Each variant of the app once, against the app as it is published, and the empty worker.</summary>
    public static MeasurementPlan Matrix(IEnumerable<Variant> ablations, int runs, bool dropPageCache) => new(
        [
            (MeasuredApp.Hello, Variants.AsPublished),
            (MeasuredApp.Shop, Variants.AsPublished),
            .. ablations.Select(variant => (MeasuredApp.Shop, variant)),
        ],
        runs,
        dropPageCache);

    /// <summary>One app for everything against an app for each capability, all of one package.</summary>
    public static MeasurementPlan Topologies(IEnumerable<string> microservices, int runs) => new(
        [.. Variants.Topologies(microservices).Select(variant => (MeasuredApp.Shop, variant))],
        runs,
        DropPageCache: false);
}
