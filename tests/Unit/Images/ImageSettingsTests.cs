using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using ServerlessScale.Functions.Images;
using ServerlessScale.Shared.Images;

namespace ServerlessScale.Tests.Unit.Images;

public sealed class ImageSettingsTests
{
    [Fact]
    public void The_default_image_settings_are_valid()
    {
        var options = Settings();

        Assert.Equal([1920, 960, 480, 160], options.Widths);
        Assert.Equal(25 * 1024 * 1024, options.MaxBytes);
        Assert.Equal(8_000_000, options.MaxPostedBytes);
    }

    [Fact]
    public void Configured_widths_replace_the_default_widths()
    {
        var options = Settings(("Images:Widths:0", "800"), ("Images:Widths:1", "200"), ("Images:UploadUrlLifetime", "00:05:00"));

        Assert.Equal([800, 200], options.Widths);
        Assert.Equal(TimeSpan.FromMinutes(5), options.UploadUrlLifetime);
    }

    [Theory]
    [InlineData("Images:Widths:0", "0")]
    [InlineData("Images:Widths:0", "20000")]
    [InlineData("Images:MaxBytes", "0")]
    [InlineData("Images:MaxPostedBytes", "0")]
    [InlineData("Images:MaxPostedBytes", "104857601")]
    [InlineData("Images:MaxPixels", "0")]
    [InlineData("Images:MaxFrames", "1000001")]
    [InlineData("Images:Formats:0", "png")]
    [InlineData("Images:JpegQuality", "101")]
    [InlineData("Images:AvifQuality", "0")]
    [InlineData("Images:WebpQuality", "0")]
    [InlineData("Images:UploadUrlLifetime", "00:00:00")]
    [InlineData("Images:UploadUrlLifetime", "2.00:00:00")]
    public void An_image_setting_out_of_range_is_reported_by_name(string setting, string value)
    {
        var failure = Assert.Throws<OptionsValidationException>(() => Settings((setting, value)));

        Assert.Contains($"Images:{setting.Split(':')[1]} must", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_duplicate_image_width_is_rejected() =>
        Assert.Throws<OptionsValidationException>(() => Settings(("Images:Widths:0", "800"), ("Images:Widths:1", "800")));

    private static ImageOptions Settings(params (string Key, string Value)[] settings)
    {
        var builder = new HostApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Configuration.AddInMemoryCollection(settings.Select(s => KeyValuePair.Create(s.Key, (string?)s.Value)));
        builder.AddImages();
        using var services = builder.Services.BuildServiceProvider();
        return services.GetRequiredService<IOptions<ImageOptions>>().Value;
    }
}
