namespace ServerlessScale.Local.Host;

/// <summary>When the stations of a worker's handshake were passed, as timestamps of <see cref="System.Diagnostics.Stopwatch"/>.</summary>
/// <param name="StreamOpened">The worker had connected.</param>
/// <param name="Initialized">It had answered the host's first message.</param>
/// <param name="Indexed">It had said which functions it has.</param>
internal sealed record HandshakeTimes(long StreamOpened, long Initialized, long Indexed);
