using ServerlessScale.StrictCosmos.Commands;

return await CommandLine.RunAsync(args);
