using Microsoft.Extensions.Primitives;
using ServerlessScale.Functions.ColdStarts;
using ServerlessScale.Shared.Problems;

namespace ServerlessScale.Tests.Unit.ColdStarts;

public sealed class SinceParameterTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 25, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Without_it_the_last_day_is_meant()
    {
        Assert.Equal(Now.AddDays(-1), SinceParameter.Parse(StringValues.Empty, Now));
    }

    [Theory]
    [InlineData("2026-11-25T08:00:00Z", "2026-11-25T08:00:00Z")]
    [InlineData("2026-11-25T08:00:00.1234567Z", "2026-11-25T08:00:00.1234567Z")]
    [InlineData("2026-11-25T08:00:00+01:00", "2026-11-25T07:00:00Z")]
    [InlineData("2026-11-25T12:00:00Z", "2026-11-25T12:00:00Z")]
    [InlineData("2026-10-25T12:00:00Z", "2026-10-25T12:00:00Z")]
    public void An_RFC_3339_time_of_the_last_31_days_is_taken(string value, string expected)
    {
        Assert.Equal(DateTimeOffset.Parse(expected, null), SinceParameter.Parse(value, Now));
    }

    [Theory]
    [InlineData("")]
    [InlineData("yesterday")]
    [InlineData("2026-11-25")]
    [InlineData("2026-11-25T08:00:00")]
    [InlineData("2026-11-25 08:00:00Z")]
    [InlineData("2026-11-25T08:00:00 01:00")]
    [InlineData("2026-11-31T08:00:00Z")]
    [InlineData("0000-00-00T00:00:00Z")]
    [InlineData("9999-12-31T23:59:59-14:00")]
    [InlineData("2026-11-25T12:00:01Z")]
    [InlineData("2026-10-25T11:59:59Z")]
    public void Anything_else_is_a_problem_that_points_to_it(string value)
    {
        var problem = Assert.Throws<ProblemException>(() => SinceParameter.Parse(value, Now)).Problem;

        Assert.Equal((400, "invalid-since", "since"), (problem.Status, problem.Code, problem.Pointer));
    }

    [Fact]
    public void It_may_be_given_once_only()
    {
        Assert.Throws<ProblemException>(() => SinceParameter.Parse(new(["2026-11-25T08:00:00Z", "2026-11-25T09:00:00Z"]), Now));
    }
}
