using ServerlessScale.Measurement;
using ServerlessScale.SmokeTest.Commands;

return await CommandRun.InvokeAsync(CommandLine.Root(Console.Out), args, invalidArguments: CommandLine.InvalidArguments);
