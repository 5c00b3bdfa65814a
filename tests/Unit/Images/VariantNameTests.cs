using ServerlessScale.Shared.Images;

namespace ServerlessScale.Tests.Unit.Images;

public sealed class VariantNameTests
{
    [Theory]
    [InlineData("1.webp", 1, "webp")]
    [InlineData("960.jpg", 960, "jpg")]
    [InlineData("16383.avif", 16383, "avif")]
    public void A_variant_name_consists_of_width_and_format(string text, int width, string format)
    {
        Assert.True(VariantName.TryParse(text, out var name));
        Assert.Equal(new VariantName(width, format), name);
        Assert.Equal(text, name.ToString());
    }

    [Fact]
    public void An_animated_variant_has_a_name_of_its_own()
    {
        Assert.True(VariantName.TryParse("480-animated.webp", out var name));
        Assert.Equal(VariantName.Animation(480), name);
        Assert.NotEqual(new VariantName(480, "webp"), name);
        Assert.Equal("480-animated.webp", name.ToString());
    }

    [Theory]
    [InlineData("480-animated.avif")]
    [InlineData("480-Animated.webp")]
    [InlineData("480-animated-animated.webp")]
    [InlineData("-animated.webp")]
    [InlineData("999999-animated.webp")]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(".")]
    [InlineData(".webp")]
    [InlineData("960")]
    [InlineData("960.")]
    [InlineData("0.webp")]
    [InlineData("0960.webp")]
    [InlineData("-960.webp")]
    [InlineData("+960.webp")]
    [InlineData(" 960.webp")]
    [InlineData("960.WEBP")]
    [InlineData("960.webp.webp")]
    [InlineData("960.png")]
    [InlineData("999999.webp")]
    [InlineData("../960.webp")]
    public void A_malformed_variant_name_is_rejected(string? text) => Assert.False(VariantName.TryParse(text, out _));
}
