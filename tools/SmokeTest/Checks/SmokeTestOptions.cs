namespace ServerlessScale.SmokeTest.Checks;

/// <summary>What to test, and what the test can use.</summary>
internal sealed record SmokeTestOptions
{
    /// <summary>The public address of the shop, with a slash at its end.</summary>
    public required Uri Url { get; init; }

    /// <summary>The bearer token. It needs the scopes of all operations that the checks use.</summary>
    public required string Token { get; init; }

    /// <summary>The port of the webhook receiver; null if there is no receiver. 0 selects a free port.</summary>
    public int? ReceiverPort { get; init; }

    /// <summary>The HTTPS URL that is forwarded to the receiver; null if only this machine can reach the receiver.</summary>
    public Uri? PublicReceiverUrl { get; init; }

    /// <summary>The addresses of the apps behind the edge, with a slash at their ends. They must refuse requests.</summary>
    public IReadOnlyList<Uri> OriginUrls { get; init; } = [];

    /// <summary>
    /// The program and the arguments of the command that removes a path from the edge's cache; null if there is none. The path is appended
    /// as the last argument.
    /// </summary>
    public IReadOnlyList<string>? PurgeCommand { get; init; }

    /// <summary>The time limit of a request, and of a wait for an image or a webhook.</summary>
    public TimeSpan Limit { get; init; } = TimeSpan.FromSeconds(120);
}
