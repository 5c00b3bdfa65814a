using ServerlessScale.Bench;

return await BenchCommands.RunAsync(args);
