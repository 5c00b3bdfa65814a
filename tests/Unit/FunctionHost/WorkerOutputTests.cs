using ServerlessScale.FunctionHost.Workers;

namespace ServerlessScale.Tests.Unit.FunctionHost;

public sealed class WorkerOutputTests
{
    [Fact]
    public void The_reason_is_the_message_of_the_unhandled_exception()
    {
        // This is how the .NET runtime reports an unhandled exception.
        const string Output = """
            Starting
            Unhandled exception. System.InvalidOperationException: The setting is wrong.
            Correct the setting.
             ---> System.FormatException: mongo is not a valid value.
               at System.Enum.Parse(Type enumType, String value)
               --- End of inner exception stack trace ---
               at Program.Main()
            """;

        Assert.Equal("The setting is wrong. Correct the setting.", WorkerOutput.Reason(Output));
    }

    [Fact]
    public void Output_without_an_unhandled_exception_is_returned_unchanged()
    {
        const string Output = "You must install or update .NET to run this application.\nFramework: 'Microsoft.NETCore.App'";

        Assert.Equal(Output, WorkerOutput.Reason(Output));
    }
}
