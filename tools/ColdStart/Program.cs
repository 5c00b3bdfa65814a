using ServerlessScale.ColdStart.Commands;
using ServerlessScale.Measurement;

return await CommandRun.InvokeAsync(CommandLine.Root(), args);
