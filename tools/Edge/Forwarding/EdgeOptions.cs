namespace ServerlessScale.Edge.Forwarding;

/// <summary>How the edge forwards requests.</summary>
public sealed record EdgeOptions
{
    /// <summary>HTTP port on loopback; 0 takes a free one.</summary>
    public int Port { get; init; }

    /// <summary>At least one; the first gets the requests that nothing has decided on.</summary>
    public required IReadOnlyList<EdgeGroup> Groups { get; init; }

    /// <summary>How long a client may take for a request's line and headers before it is cut off: slow ones would fill the edge.</summary>
    public TimeSpan HeadersTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>An instance that sends nothing for so long is given up: the request's answer is 504.</summary>
    public TimeSpan ActivityTimeout { get; init; } = TimeSpan.FromSeconds(240);

    /// <summary>How long a request waits for an instance of its group to start while there is none; zero answers 503 at once.</summary>
    public TimeSpan ColdStartPatience { get; init; }

    /// <summary>How many requests may wait at once for one group; each more is answered 503.</summary>
    public int MaxWaiting { get; init; } = 1_000;

    /// <exception cref="InvalidOperationException">There is no such group.</exception>
    public EdgeGroup Group(string name) => Groups.First(group => group.Name == name);
}
