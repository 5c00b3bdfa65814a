namespace ServerlessScale.FunctionHost.Workers;

/// <summary>Finds the reason in the output of a worker that ended during its start.</summary>
internal static class WorkerOutput
{
    /// <summary>The beginning of the text that the .NET runtime prints for an exception that ends the process.</summary>
    private const string Unhandled = "Unhandled exception. ";

    /// <summary>
    /// Returns the message of the exception that ended the worker, without its type and stack trace. Other output is returned unchanged.
    /// </summary>
    public static string Reason(string output)
    {
        var start = output.LastIndexOf(Unhandled, StringComparison.Ordinal);
        if (start < 0)
        {
            return output;
        }

        var lines = output[(start + Unhandled.Length)..].Split('\n');
        var type = lines[0].IndexOf(": ", StringComparison.Ordinal);
        IEnumerable<string> message = lines.TakeWhile(line => !IsStackTrace(line));
        var text = string.Join(' ', message.Select(line => line.Trim()));
        return type < 0 ? text : text[(type + ": ".Length)..];
    }

    private static bool IsStackTrace(string line) =>
        line.StartsWith("   at ", StringComparison.Ordinal)
        || line.StartsWith(" ---> ", StringComparison.Ordinal)
        || line.StartsWith("--- End of", StringComparison.Ordinal);
}
