using ServerlessScale.Bench.UploadLatency;

return await CommandLine.RunAsync(args);
