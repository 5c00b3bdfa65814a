using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using ServerlessScale.Functions.Identity;
using ServerlessScale.Shared.Images;
using ServerlessScale.Shared.Images.Processing;
using ServerlessScale.Shared.Images.Rendering;
using ServerlessScale.Shared.Images.Sizes;
using ServerlessScale.Shared.Images.Storage;
using ServerlessScale.Shared.Images.Uploading;

namespace ServerlessScale.Functions.Images;

internal static class ImagesRegistration
{
    /// <summary>
    /// Adds the image capability with its <c>Images:*</c> settings. The services access storage only when a function uses them.
    /// </summary>
    public static IHostApplicationBuilder AddImages(this IHostApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddOptions<ImageOptions>()
            .Configure<IConfiguration>((options, configuration) => Bind(options, configuration.GetSection(ImageOptions.Section)))
            .ValidateOnStart();
        services.AddSingleton<IValidateOptions<ImageOptions>>(_ => new ImageOptionsValidator(ImageEngine.SupportedFormats, ImageEngine.EncodesAnimations));
        services.AddOptions<SizeOptions>()
            .BindConfiguration(SizeOptions.Section)
            .Configure<IConfiguration, IHostEnvironment>(DeriveSizeKeyInDevelopment)
            .ValidateOnStart();
        services.AddSingleton<IValidateOptions<SizeOptions>, SizeOptionsValidator>();

        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<ManifestStore>();
        services.AddSingleton<OriginalStore>();
        services.AddSingleton<VariantStore>();
        services.AddSingleton<ImageQueries>();
        services.AddSingleton<ImageRemoval>();

        services.AddSingleton<SizeSignatures>();
        services.AddSingleton<SizeStore>();
        services.AddSingleton<SizeMaking>();

        services.AddSingleton<UploadUrlSigner>();
        services.AddSingleton<ImageUploads>();
        services.AddSingleton<DirectUploads>();

        services.AddSingleton<ImageJobQueue>();
        services.AddSingleton<PixelBudget>();
        services.AddSingleton<IImageEngine, ImageEngine>();
        services.AddSingleton<ImageEvents>();
        services.AddSingleton<ImageJob>();
        services.AddSingleton<ImageUpgradeQueue>();
        services.AddSingleton<UpgradePriority>();
        services.AddSingleton<ImageUpgrade>();
        services.AddSingleton<ImageSweep>();
        return builder;
    }

    private static void DeriveSizeKeyInDevelopment(SizeOptions options, IConfiguration configuration, IHostEnvironment environment)
    {
        if (options.SizeKeys.Length == 0 && DevelopmentKeys.Derive(configuration, environment, "Images:SizeKeys") is { } key)
        {
            options.SizeKeys = [$"dev.{Convert.ToBase64String(key)}"];
        }
    }

    private static void Bind(ImageOptions options, IConfigurationSection section)
    {
        // The binder would append the configured elements to the default, but a setting must replace the default.
        if (section.GetSection(nameof(ImageOptions.Widths)).Exists())
        {
            options.Widths = [];
        }

        if (section.GetSection(nameof(ImageOptions.Formats)).Exists())
        {
            options.Formats = [];
        }

        var upgradeFormats = options.UpgradeFormats;
        options.UpgradeFormats = [];
        if (!ImageEngine.EncodesAnimations)
        {
            options.AnimationFrames = 0;
        }

        section.Bind(options);
        options.UpgradeFormats = section.GetSection(nameof(ImageOptions.UpgradeFormats)).Exists()
            ? [.. options.UpgradeFormats.Where(format => format.Length > 0)]
            : [.. upgradeFormats.Intersect(ImageEngine.SupportedFormats).Except(options.Formats)];

        // A lower limit for images must not make the default limit for animations invalid.
        if (!section.GetSection(nameof(ImageOptions.AnimationPixels)).Exists())
        {
            options.AnimationPixels = Math.Min(options.AnimationPixels, options.MaxPixels);
        }
    }
}
