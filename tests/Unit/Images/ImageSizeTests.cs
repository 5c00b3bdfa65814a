using ServerlessScale.Shared.Images;

namespace ServerlessScale.Tests.Unit.Images;

public sealed class ImageSizeTests
{
    public static TheoryData<string, ImageSize> Names => new()
    {
        { "w1.webp", new(1, null, "webp") },
        { "h4096.jpg", new(null, 4096, "jpg") },
        { "w4096-q1.jpg", new(4096, null, "jpg") { Quality = 1 } },
        { "w400-h300-inside.webp", new(400, 300, "webp") },
        { "w400-h300-contain-q100.jpg", new(400, 300, "jpg") { Fit = SizeFit.Contain, Quality = 100 } },
        { "w400-h300-cover.webp", new(400, 300, "webp") { Fit = SizeFit.Cover } },
        { "w400-h300-cover-x0y100.webp", new(400, 300, "webp") { Fit = SizeFit.Cover, FocusX = 0, FocusY = 100 } },
        { "w400-h300-cover-x50y30-q70.webp", new(400, 300, "webp") { Fit = SizeFit.Cover, FocusX = 50, FocusY = 30, Quality = 70 } },
    };

    [Theory, MemberData(nameof(Names))]
    public void A_size_name_states_box_fit_focal_point_and_quality(string text, ImageSize expected)
    {
        Assert.True(ImageSize.TryParse(text, out var size));
        Assert.Equal(expected, size);
        Assert.Equal(text, size.ToString());
        Assert.False(VariantName.TryParse(text, out _));
    }

    [Theory]
    // Not a size
    [InlineData(null)]
    [InlineData("")]
    [InlineData("960.webp")]
    [InlineData(".webp")]
    [InlineData("q70.webp")]
    [InlineData("cover.webp")]
    // Out of range
    [InlineData("w0.webp")]
    [InlineData("w4097.webp")]
    [InlineData("h99999.webp")]
    [InlineData("w400-q0.webp")]
    [InlineData("w400-q101.webp")]
    [InlineData("w400-h300-cover-x101y0.webp")]
    [InlineData("w400-h300-cover-x0y999.webp")]
    // Unknown values
    [InlineData("w400.png")]
    [InlineData("w400.avif")]
    [InlineData("w400-h300-fill.webp")]
    [InlineData("w400-r90.webp")]
    // Another spelling of a size
    [InlineData("w0400.webp")]
    [InlineData("W400.webp")]
    [InlineData("w400.WEBP")]
    [InlineData("w+400.webp")]
    [InlineData("w４00.webp")]
    [InlineData("w400.webp\n")]
    [InlineData("w400.webp.webp")]
    [InlineData("h300-w400-inside.webp")]
    [InlineData("w400-h300.webp")]
    [InlineData("w400-inside.webp")]
    [InlineData("w400-q70-h300-inside.webp")]
    [InlineData("w400-h300-cover-x50y50.webp")]
    [InlineData("w400-h300-cover-x050y30.webp")]
    [InlineData("w400-h300-cover-y30x50.webp")]
    [InlineData("w400-h300-cover-x50.webp")]
    [InlineData("w400-h300-inside-x10y10.webp")]
    [InlineData("w400-h300-cover-q070.webp")]
    [InlineData("w400--q70.webp")]
    [InlineData("w400-.webp")]
    [InlineData("w400-q70-q71.webp")]
    [InlineData("../w400.webp")]
    public void Any_other_name_is_not_a_size(string? text) => Assert.False(ImageSize.TryParse(text, out _));
}
