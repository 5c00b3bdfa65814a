using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using ServerlessScale.Shared.Images;
using ServerlessScale.Shared.Images.Rendering;
using ServerlessScale.Shared.Images.Storage;

namespace ServerlessScale.Functions.Images;

internal static class ImagesRegistration
{
    /// <summary>The image capability: settings <c>Images:*</c>, stores, flows and engine. Nothing touches storage before it is needed.</summary>
    public static IHostApplicationBuilder AddImages(this IHostApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddOptions<ImageOptions>()
            .Configure<IConfiguration>((options, configuration) => Bind(options, configuration.GetSection(ImageOptions.Section)))
            .Validate(
                options => options.Formats.All(ImageEngine.SupportedFormats.Contains),
                $"{ImageOptions.Section}:{nameof(ImageOptions.Formats)} may have {string.Join(", ", ImageEngine.SupportedFormats)}, which this app's engine writes.")
            .ValidateOnStart();
        services.AddSingleton<IValidateOptions<ImageOptions>, ImageOptionsValidator>();

        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<ManifestStore>();
        services.AddSingleton<OriginalStore>();
        services.AddSingleton<VariantStore>();
        services.AddSingleton<ImageJobQueue>();
        services.AddSingleton<UploadUrlSigner>();
        services.AddSingleton<PixelBudget>();
        services.AddSingleton<IImageEngine, ImageEngine>();

        services.AddSingleton<ImageRemoval>();
        services.AddSingleton<ImageEvents>();
        services.AddSingleton<ImageQueries>();
        services.AddSingleton<ImageUploads>();
        services.AddSingleton<DirectUploads>();
        services.AddSingleton<ImageJob>();
        services.AddSingleton<ImageSweep>();
        return builder;
    }

    private static void Bind(ImageOptions options, IConfigurationSection section)
    {
        // The binder appends to an array that has elements already; a setting is meant to replace the default.
        if (section.GetSection(nameof(ImageOptions.Widths)).Exists())
        {
            options.Widths = [];
        }

        if (section.GetSection(nameof(ImageOptions.Formats)).Exists())
        {
            options.Formats = [];
        }

        section.Bind(options);
    }
}
