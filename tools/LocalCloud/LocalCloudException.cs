namespace ServerlessScale.Local;

/// <summary>A failure that the user can fix. The message states the cause and the remedy, so no stack trace is needed.</summary>
public sealed class LocalCloudException(string message, Exception? innerException = null) : Exception(message, innerException);
