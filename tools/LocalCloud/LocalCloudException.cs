namespace ServerlessScale.Local;

/// <summary>A failure that the user can fix. The message says what happened and what to do, so no stack trace is needed.</summary>
public sealed class LocalCloudException(string message, Exception? innerException = null) : Exception(message, innerException);
