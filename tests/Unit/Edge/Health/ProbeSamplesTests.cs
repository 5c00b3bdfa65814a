using ServerlessScale.Edge.Health;

namespace ServerlessScale.Tests.Unit.Edge.Health;

public sealed class ProbeSamplesTests
{
    [Theory]
    // Probes that have not been sent yet count as successful.
    [InlineData("1", "1")]
    [InlineData("0", "1")]
    [InlineData("00", "10")]
    [InlineData("0111110", "1111111")]
    [InlineData("00111", "10001")]
    [InlineData("0101010", "1100000")]
    public void An_origin_is_healthy_if_three_of_the_last_four_probes_succeeded(string probes, string healthy)
    {
        var samples = new ProbeSamples();

        Assert.Equal(healthy, string.Concat(probes.Select(probe => samples.Add(probe == '1', sampleSize: 4, successfulSamplesRequired: 3) ? '1' : '0')));
    }
}
