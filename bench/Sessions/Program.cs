using ServerlessScale.Bench.Sessions;

return await CommandLine.RunAsync(args);
