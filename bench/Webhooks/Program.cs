using ServerlessScale.Bench.Webhooks;

return await CommandLine.RunAsync(args);
