namespace ServerlessScale.ColdStart.Measuring;

/// <summary>Where .NET keeps the frameworks that this process, and the workers too, run on.</summary>
internal static class SharedFramework
{
    public static string Directory { get; } =
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(typeof(object).Assembly.Location)!, "..", ".."));
}
