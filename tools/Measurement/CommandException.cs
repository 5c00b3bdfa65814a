namespace ServerlessScale.Measurement;

/// <summary>An error that ends a command. The message is for the user of the command.</summary>
public sealed class CommandException(string message, Exception? cause = null) : Exception(message, cause);
