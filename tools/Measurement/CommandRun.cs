using System.CommandLine;
using System.CommandLine.Invocation;

namespace ServerlessScale.Measurement;

/// <summary>Runs a command line and reports each failure as a line on standard error.</summary>
public static class CommandRun
{
    /// <summary>The time that a command has after Ctrl-C to stop the processes that it started.</summary>
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(30);

    /// <returns>The exit code: 0 for success, and 1 for invalid input, a failure or an interrupted run.</returns>
    public static async Task<int> InvokeAsync(RootCommand root, string[] arguments)
    {
        var parsed = root.Parse(arguments);
        if (parsed.Action is ParseErrorAction error)
        {
            // Showing the help text would fill the screen and scroll the error message out of view.
            error.ShowHelp = false;
        }

        try
        {
            return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = StopLimit });
        }
        catch (OperationCanceledException)
        {
            await Console.Error.WriteLineAsync("Stopped.");
            return 1;
        }
        catch (Exception failure)
        {
            await Console.Error.WriteLineAsync(Describe(failure));
            return 1;
        }
    }

    /// <summary>
    /// Describes an exception. If the cause is a bug, the description includes the exception type, because the message alone rarely
    /// identifies a bug.
    /// </summary>
    private static string Describe(Exception failure) =>
        failure is SystemException and not (IOException or UnauthorizedAccessException or TimeoutException)
            ? $"{failure.GetType().Name}: {failure.Message}"
            : failure.Message;
}
