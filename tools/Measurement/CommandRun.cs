using System.CommandLine;
using System.CommandLine.Invocation;

namespace ServerlessScale.Measurement;

/// <summary>Runs a command line and reports each failure as a line on standard error.</summary>
public static class CommandRun
{
    /// <summary>The time that a command has after Ctrl-C to stop the processes that it started.</summary>
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(30);

    /// <param name="root">The root command.</param>
    /// <param name="arguments">The command line.</param>
    /// <param name="invalidArguments">The exit code for invalid arguments.</param>
    /// <returns>The exit code: that of the command, or 1 after a failure or an interrupted run.</returns>
    public static async Task<int> InvokeAsync(RootCommand root, string[] arguments, int invalidArguments = 1)
    {
        var parsed = root.Parse(arguments);
        if (parsed.Action is ParseErrorAction error)
        {
            // Showing the help text would fill the screen and scroll the error message out of view.
            error.ShowHelp = false;
        }

        try
        {
            var exitCode = await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = StopLimit });
            return parsed.Action is ParseErrorAction ? invalidArguments : exitCode;
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
