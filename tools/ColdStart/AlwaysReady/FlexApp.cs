namespace ServerlessScale.ColdStart.AlwaysReady;

/// <summary>How the app runs.</summary>
internal sealed record FlexApp
{
    /// <summary>Of each instance, in GB: 0.5, 2 or 4.</summary>
    public required double MemoryGb { get; init; }

    /// <summary>Requests that an instance works on at the same time, beyond which another instance is started.</summary>
    public required int Concurrency { get; init; }

    /// <summary>From the first request for a new instance until it can work, in seconds.</summary>
    public required double ColdStartSeconds { get; init; }

    /// <summary>An on-demand instance without work for so long is taken away, in seconds. Azure documents no figure.</summary>
    public required double IdleSeconds { get; init; }
}
