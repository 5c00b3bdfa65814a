using ServerlessScale.Bench;
using ServerlessScale.Measurement;

return await CommandRun.InvokeAsync(BenchCommands.Root(), args);
