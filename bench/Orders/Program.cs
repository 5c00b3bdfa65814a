using ServerlessScale.Bench.Orders;

return await CommandLine.RunAsync(args);
