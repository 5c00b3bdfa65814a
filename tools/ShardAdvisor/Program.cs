using ServerlessScale.Measurement;
using ServerlessScale.ShardAdvisor.Commands;

return await CommandRun.InvokeAsync(CommandLine.Root(), args);
