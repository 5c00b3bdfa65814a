using ServerlessScale.ShardAdvisor.Commands;

return await CommandLine.RunAsync(args);
