using System.CommandLine;
using System.CommandLine.Invocation;

namespace ServerlessScale.Measurement;

/// <summary>Runs a command line, and turns every failure into a line on standard error.</summary>
public static class CommandRun
{
    /// <summary>After Ctrl-C, a command has this long to stop the processes that it started.</summary>
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(30);

    /// <returns>The exit code: 0, or 1 for bad input, a failure or an interrupted run.</returns>
    public static async Task<int> InvokeAsync(RootCommand root, string[] arguments)
    {
        var parsed = root.Parse(arguments);
        if (parsed.Action is ParseErrorAction error)
        {
            // The help of a command fills a screen, and the line that says what is wrong would scroll away.
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

    /// <summary>Names the type of an exception that is a defect of the program, because its message says little without the type.</summary>
    private static string Describe(Exception failure) =>
        failure is SystemException and not (IOException or UnauthorizedAccessException or TimeoutException)
            ? $"{failure.GetType().Name}: {failure.Message}"
            : failure.Message;
}
