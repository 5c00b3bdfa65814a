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

    [Fact]
    public void Upgrades_are_to_avif_by_default() => Assert.Equal(["avif"], Settings().UpgradeFormats);

    [Fact]
    public void An_empty_upgrade_format_turns_the_formats_off() => Assert.Empty(Settings(("Images:UpgradeFormats:0", "")).UpgradeFormats);

    [Fact]
    public void A_format_that_is_ready_at_once_needs_no_upgrade() => Assert.Empty(Settings(("Images:Formats:0", "avif")).UpgradeFormats);

    [Fact]
    public void A_low_limit_for_images_limits_animations_too() => Assert.Equal(1_000, Settings(("Images:MaxPixels", "1000")).AnimationPixels);

    [Fact]
    public void An_engine_without_animations_rejects_animation_frames() => Assert.Contains(
        "Images:AnimationFrames must be 0",
        new ImageOptionsValidator(["webp", "jpg"], encodesAnimations: false).Validate(null, new ImageOptions { UpgradeFormats = [] }).FailureMessage,
        StringComparison.Ordinal);

    [Theory]
    [InlineData("Images:UpgradeFormats:0", "png")]
    [InlineData("Images:UpgradeFormats:0", "webp")]
    [InlineData("Images:UpgradeBudget", "00:00:00")]
    [InlineData("Images:UpgradeBudget", "00:03:00")]
    [InlineData("Images:AnimationWidth", "0")]
    [InlineData("Images:AnimationWidth", "1921")]
    [InlineData("Images:AnimationFrames", "-1")]
    [InlineData("Images:AnimationPixels", "0")]
    [InlineData("Images:AnimationPixels", "50000001")]
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
