using ServerlessScale.ColdStart;

return await CommandLine.RunAsync(args);
