using ServerlessScale.Local.Scaling;

namespace ServerlessScale.Tests.Unit.Scaling;

public sealed class ScaleRangeTests
{
    [Theory]
    [InlineData("0..8", 0, 8)]
    [InlineData("2..2", 2, 2)]
    [InlineData("0..64", 0, 64)]
    public void A_valid_scale_range_is_parsed(string text, int min, int max)
    {
        Assert.True(ScaleRange.TryParse(text, out var range));
        Assert.Equal(new ScaleRange(min, max), range);
    }

    [Theory]
    [InlineData("")]
    [InlineData("8")]
    [InlineData("0..")]
    [InlineData("0..0")]
    [InlineData("3..2")]
    [InlineData("-1..2")]
    [InlineData("0..65")]
    [InlineData("0...8")]
    [InlineData("0..1..2")]
    [InlineData("0x1..2")]
    [InlineData("0..99999999999")]
    public void An_invalid_scale_range_is_rejected(string text) => Assert.False(ScaleRange.TryParse(text, out _));
}
