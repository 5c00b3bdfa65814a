using ServerlessScale.Shared.Images.Probing;
using ServerlessScale.Shared.Images.Rendering;

namespace ServerlessScale.Tests.Unit.Images;

public sealed class LadderTests
{
    private static readonly int[] Widths = [160, 1920, 480, 960];

    [Theory]
    [InlineData(4000, 3000, "1920x1440 960x720 480x360 160x120")]
    [InlineData(1920, 1080, "1920x1080 960x540 480x270 160x90")]
    [InlineData(1919, 1080, "960x540 480x270 160x90")]
    [InlineData(959, 100, "480x50 160x17")]
    [InlineData(479, 479, "160x160")]
    [InlineData(159, 80, "159x80")]
    [InlineData(1, 1, "1x1")]
    [InlineData(60000, 2, "1920x1 960x1 480x1 160x1")]
    [InlineData(500, 50000, "160x16000")]
    [InlineData(200, 60000, "55x16383")]
    [InlineData(1, 60000, "1x16383")]
    public void An_image_gets_a_variant_for_every_configured_width_that_fits(int width, int height, string expected)
    {
        var rungs = Ladder.Plan(new ImageHeader("image/jpeg", width, height, 1, 1), Widths);

        Assert.Equal(expected, string.Join(' ', rungs.Select(rung => $"{rung.Width}x{rung.Height}")));
    }
}
