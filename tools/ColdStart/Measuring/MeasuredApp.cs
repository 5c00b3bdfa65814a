namespace ServerlessScale.ColdStart.Measuring;

/// <summary>A function app of this repository.</summary>
/// <param name="Name">Short.</param>
/// <param name="Project">Its folder, from the repository's root.</param>
/// <param name="FirstRequest">What the first request asks for, from the root.</param>
internal sealed record MeasuredApp(string Name, IReadOnlyList<string> Project, string FirstRequest)
{
    /// <summary>All capabilities in one app.</summary>
    public static MeasuredApp Shop { get; } = new("app", ["src", "Functions"], "api/health/live");

    /// <summary>What the Functions templates make of an HTTP trigger: the least that an isolated worker can be.</summary>
    public static MeasuredApp Hello { get; } = new("hello", ["tools", "ColdStart", "HelloWorker"], "api/hello");
}
