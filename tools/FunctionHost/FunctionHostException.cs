namespace ServerlessScale.FunctionHost;

/// <summary>A failure that the user can fix. The message states the cause and the remedy, so no stack trace is needed.</summary>
public sealed class FunctionHostException(string message, Exception? innerException = null) : Exception(message, innerException);
