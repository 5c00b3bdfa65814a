namespace ServerlessScale.ColdStart;

/// <summary>A function app whose cold start is measured, in one of the two ways to publish it.</summary>
internal sealed record Subject
{
    /// <summary><c>app</c> or <c>hello</c>.</summary>
    public required string App { get; init; }

    public required bool ReadyToRun { get; init; }

    /// <summary>The publish output.</summary>
    public required string Directory { get; init; }

    /// <summary>What the first request asks for, from the root.</summary>
    public required string FirstRequest { get; init; }

    public string Name => ReadyToRun ? $"{App}, ReadyToRun" : $"{App}, JIT only";
}
