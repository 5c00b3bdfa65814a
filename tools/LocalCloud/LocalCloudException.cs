namespace ServerlessScale.Local;

/// <summary>Something that a person can put right: the message says what happened and what to do, without a stack trace.</summary>
public sealed class LocalCloudException(string message, Exception? innerException = null) : Exception(message, innerException);
