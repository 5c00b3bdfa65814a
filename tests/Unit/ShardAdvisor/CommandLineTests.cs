using ServerlessScale.ShardAdvisor.Commands;

namespace ServerlessScale.Tests.Unit.ShardAdvisor;

public sealed class CommandLineTests
{
    private const string EitherOr = "Specify either an order log file or --generate with a kind of load.";

    [Theory]
    [InlineData("", EitherOr)]
    [InlineData("orders.csv --generate uniform", EitherOr)]
    [InlineData("--generate tsunami", "'tsunami' not recognized")]
    [InlineData("orders.csv --rus 399", "--rus must be a whole number from 400 to 10000000.")]
    [InlineData("--generate uniform --orders 1e9", "--orders must be a whole number from 1 to 10000000000.")]
    [InlineData("--generate uniform --buckets 1", "--buckets must be a whole number from 2 to 1000.")]
    [InlineData("--generate uniform --format xml", "'xml' not recognized")]
    [InlineData("--generate uniform --verbose", EitherOr)]
    public void The_error_for_invalid_arguments_states_the_reason(string arguments, string reason) =>
        Assert.Contains(
            CommandLine.Root().Parse(arguments).Errors,
            error => error.Message.Contains(reason, StringComparison.Ordinal));

    [Theory]
    [InlineData("orders.csv")]
    [InlineData("orders.csv --rus 40000 --buckets 16 --format json --plot load.svg")]
    [InlineData("--generate black-friday --orders 100000000 --customers 1000000 --months 12 --seed 1")]
    public void The_command_requires_only_an_order_log_or_a_load_shape(string arguments) =>
        Assert.Empty(CommandLine.Root().Parse(arguments).Errors);
}
