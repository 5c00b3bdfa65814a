namespace ServerlessScale.ColdStart.AlwaysReady;

/// <summary>One request, as it came.</summary>
/// <param name="At">In seconds since any start; requests come in the order of their times.</param>
/// <param name="Duration">How long a warm instance works on it, in seconds.</param>
internal readonly record struct Request(double At, double Duration);
