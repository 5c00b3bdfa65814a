using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using ServerlessScale.Local.Logging;
using Yarp.ReverseProxy.Forwarder;

namespace ServerlessScale.Tests.Unit.Local;

public sealed partial class ConsoleLogTests : IDisposable
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 30, 10, 0, 0, TimeSpan.Zero));
    private readonly StringWriter _written = new() { NewLine = "\n" };
    private readonly ConsoleLog _log;

    public ConsoleLogTests() => _log = new ConsoleLog(_written, _time, colour: false);

    private string[] Lines => _written.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);

    public void Dispose()
    {
        _log.Dispose();
        _written.Dispose();
    }

    [Fact]
    public void A_repeated_failure_is_written_once_and_then_counted()
    {
        var logger = _log.CreateLogger("Cart.RedisCartStore");
        for (var request = 1; request <= 1000; request++)
        {
            logger.LogError("Request {Request} failed: no connection after {Milliseconds} ms", request, request * 7);
        }

        Assert.Equal("10:00:00.000 error RedisCartStore: Request 1 failed: no connection after 7 ms", Assert.Single(Lines));
        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(
            "10:00:10.000 error RedisCartStore: Ended: 1000 times from 10:00:00 to 10:00:00: Request 1 failed: no connection after 7 ms",
            Assert.Single(Lines[1..]));
    }

    [Fact]
    public void A_lasting_failure_is_summarised_every_ten_seconds()
    {
        var logger = _log.CreateLogger("Cart");
        for (var second = 0; second < 32; second++)
        {
            logger.LogWarning("No connection");
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        _time.Advance(TimeSpan.FromSeconds(20));

        Assert.Equal(5, Lines.Length);
        Assert.All(Lines[1..4], line => Assert.Contains("Repeated: ", line, StringComparison.Ordinal));
        Assert.Contains("Ended: 32 times from 10:00:00 to 10:00:31: No connection", Lines[4], StringComparison.Ordinal);
    }

    [Fact]
    public void A_failure_that_returns_after_its_end_is_written_again()
    {
        var logger = _log.CreateLogger("Cart");
        logger.LogError("No connection");
        _time.Advance(TimeSpan.FromMinutes(1));
        logger.LogError("No connection");

        Assert.Equal(2, Lines.Count(line => line.EndsWith("Cart: No connection", StringComparison.Ordinal)));
    }

    [Fact]
    public void Different_failures_are_all_written()
    {
        var logger = _log.CreateLogger("Cart");
        logger.LogError("No connection");
        logger.LogError("No reply");
        logger.LogWarning("No reply");

        Assert.Equal(3, Lines.Length);
    }

    [Fact]
    public void Information_messages_are_never_summarised()
    {
        var logger = _log.CreateLogger("Orders");
        logger.LogInformation("An order");
        logger.LogInformation("An order");

        Assert.Equal(2, Lines.Length);
    }

    [Fact]
    public void Successful_health_probes_are_not_written()
    {
        var logger = _log.CreateLogger("FunctionHost");
        Executed(logger, "HealthReady");
        Executed(logger, "HealthLive");
        Executed(logger, "CreateOrder");

        Assert.Contains("Executed CreateOrder", Assert.Single(Lines), StringComparison.Ordinal);
    }

    [Fact]
    public void A_fault_of_the_clients_body_has_no_stack_trace()
    {
        var logger = _log.CreateLogger("Yarp.ReverseProxy.Forwarder.HttpForwarder");
        var copy = new IOException("Error while copying content to a stream.", new InvalidDataException("Bad chunk size data."));
        logger.LogWarning(new AggregateException(copy), "{error}: {message}", ForwarderError.RequestBodyClient, "The client reported an error.");

        Assert.Equal(
            "10:00:00.000 info  HttpForwarder: RequestBodyClient: The client reported an error. Bad chunk size data.", Assert.Single(Lines));
    }

    [Fact]
    public void Failures_not_yet_reported_are_counted_at_the_end()
    {
        var logger = _log.CreateLogger("Cart");
        logger.LogError("No connection");
        logger.LogError("No connection");

        _log.Dispose();

        Assert.Contains("Repeated: 2 times since 10:00:00", Lines[1], StringComparison.Ordinal);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Executed {Function}")]
    private static partial void Executed(ILogger logger, string function);
}
