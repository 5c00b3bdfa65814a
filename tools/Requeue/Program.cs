using ServerlessScale.Measurement;
using ServerlessScale.Requeue;

return await CommandRun.InvokeAsync(CommandLine.Root(), args);
