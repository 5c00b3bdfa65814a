using ServerlessScale.Bench.BurstFromZero;

return await CommandLine.RunAsync(args);
