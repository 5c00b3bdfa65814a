namespace ServerlessScale.Measurement;

/// <summary>A command cannot go on. The message is written for the person who typed the command.</summary>
public sealed class CommandException(string message, Exception? cause = null) : Exception(message, cause);
