using ServerlessScale.Bench.Balancing;

return await CommandLine.RunAsync(args);
