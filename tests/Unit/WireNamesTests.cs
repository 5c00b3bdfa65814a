using System.Text.Json;
using System.Text.Json.Serialization;
using ServerlessScale.Shared;

namespace ServerlessScale.Tests.Unit;

public sealed class WireNamesTests
{
    private static readonly JsonSerializerOptions Json = new() { Converters = { new JsonStringEnumConverter<Season>() } };

    private enum Season
    {
        [JsonStringEnumMemberName("spring")]
        Spring,

        [JsonStringEnumMemberName("high-summer")]
        Summer,

        Winter,
    }

    [Fact]
    public void Wire_names_match_the_names_from_the_JSON_converter()
    {
        foreach (var season in Enum.GetValues<Season>())
        {
            Assert.Equal(JsonSerializer.Serialize(season, Json).Trim('"'), WireNames<Season>.Of(season));
        }
    }

    [Fact]
    public void Wire_names_are_listed_in_member_order() =>
        Assert.Equal(["spring", "high-summer", "Winter"], WireNames<Season>.All);

    [Theory]
    [InlineData("high-summer", true)]
    [InlineData("Summer", false)]
    [InlineData("Spring", false)]
    [InlineData("", false)]
    [InlineData("1", false)]
    [InlineData(null, false)]
    public void Only_exact_wire_names_are_parsed(string? name, bool parsed)
    {
        Assert.Equal(parsed, WireNames<Season>.TryParse(name, out var season));
        Assert.Equal(parsed ? Season.Summer : default, season);
    }

    [Fact]
    public void An_undefined_enum_value_has_no_wire_name() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => WireNames<Season>.Of((Season)7));
}
