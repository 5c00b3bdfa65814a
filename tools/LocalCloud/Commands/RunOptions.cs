namespace ServerlessScale.Local.Commands;

/// <summary>What the run command was asked for.</summary>
internal sealed record RunOptions
{
    public required string Repository { get; init; }

    public required string DataDirectory { get; init; }

    /// <summary>HTTP port; 0 takes a free one.</summary>
    public required int Port { get; init; }

    /// <summary>Whether to build the function app first.</summary>
    public required bool Build { get; init; }

    public required OrderStore Orders { get; init; }

    /// <summary>Whether webhooks may go to this machine and its network.</summary>
    public required bool AllowPrivateWebhooks { get; init; }

    public required SessionStore Sessions { get; init; }
}
