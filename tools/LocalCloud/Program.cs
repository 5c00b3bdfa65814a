using ServerlessScale.Local.Commands;

return await CommandLine.RunAsync(args);
