namespace ServerlessScale.ColdStart.Remote;

/// <summary>One answer of a running app.</summary>
/// <param name="Milliseconds">From sending the request until the answer's body was read.</param>
/// <param name="Status">Its HTTP status.</param>
/// <param name="Instance">What <c>X-Instance-Id</c> said; null when nothing did.</param>
/// <param name="Cold">What <c>X-Cold-Start</c> said.</param>
internal sealed record RemoteAnswer(double Milliseconds, int Status, string? Instance, bool Cold);
