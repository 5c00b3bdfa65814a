using ServerlessScale.ColdStart.Commands;

return await CommandLine.RunAsync(args);
