using Microsoft.Extensions.Primitives;
using ServerlessScale.Functions.ColdStarts;
using ServerlessScale.Shared.Problems;

namespace ServerlessScale.Tests.Unit.ColdStarts;

public sealed class SinceParameterTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 25, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void The_since_parameter_defaults_to_24_hours_ago()
    {
        Assert.Equal(Now.AddDays(-1), Parsed(StringValues.Empty));
    }

    [Theory]
    [InlineData("2026-11-25T08:00:00Z", "2026-11-25T08:00:00Z")]
    [InlineData("2026-11-25T08:00:00.1234567Z", "2026-11-25T08:00:00.1234567Z")]
    [InlineData("2026-11-25T08:00:00+01:00", "2026-11-25T07:00:00Z")]
    [InlineData("2026-11-25T12:00:00Z", "2026-11-25T12:00:00Z")]
    [InlineData("2026-10-25T12:00:00Z", "2026-10-25T12:00:00Z")]
    public void The_since_parameter_accepts_an_RFC_3339_time_within_31_days(string value, string expected)
    {
        Assert.Equal(DateTimeOffset.Parse(expected, null), Parsed(value));
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
    public void The_problem_for_an_invalid_since_value_points_to_the_parameter(string value)
    {
        var problem = ProblemOf(value);

        Assert.Equal((400, "invalid-since", "since"), (problem.Status, problem.Code, problem.Pointer));
    }

    [Fact]
    public void A_query_with_two_since_parameters_is_rejected()
    {
        Assert.Equal("invalid-since", ProblemOf(new(["2026-11-25T08:00:00Z", "2026-11-25T09:00:00Z"])).Code);
    }

    private static DateTimeOffset Parsed(StringValues values)
    {
        Assert.True(SinceParameter.Parse(values, Now).Succeeded(out var since, out _));
        return since;
    }

    private static Problem ProblemOf(StringValues values)
    {
        Assert.False(SinceParameter.Parse(values, Now).Succeeded(out _, out var problem));
        return problem!;
    }
}
