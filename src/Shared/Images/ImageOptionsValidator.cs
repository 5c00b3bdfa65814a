using Microsoft.Extensions.Options;

namespace ServerlessScale.Shared.Images;

/// <summary>Checks the attributes of <see cref="ImageOptions"/>, by generated code, since it runs at every cold start.</summary>
[OptionsValidator]
internal sealed partial class ImageOptionsAttributes : IValidateOptions<ImageOptions>;

/// <summary>Checks <see cref="ImageOptions"/> as a whole.</summary>
public sealed class ImageOptionsValidator : IValidateOptions<ImageOptions>
{
    private readonly ImageOptionsAttributes _attributes = new();

    public ValidateOptionsResult Validate(string? name, ImageOptions options)
    {
        var result = new ValidateOptionsResultBuilder();
        result.AddResult(_attributes.Validate(name, options));
        if (options.Widths.Any(width => width is < 1 or > ImageOptions.MaxWidth))
        {
            result.AddError($"each width must be between 1 and {ImageOptions.MaxWidth} pixels.", $"{ImageOptions.Section}:{nameof(options.Widths)}");
        }

        if (options.Widths.Distinct().Count() != options.Widths.Length)
        {
            result.AddError("a width is listed twice.", $"{ImageOptions.Section}:{nameof(options.Widths)}");
        }

        if (options.UploadUrlLifetime < TimeSpan.FromMinutes(1) || options.UploadUrlLifetime > ImageSweep.AbandonedAfter)
        {
            result.AddError(
                $"must be between one minute and {ImageSweep.AbandonedAfter.TotalHours} hours.",
                $"{ImageOptions.Section}:{nameof(options.UploadUrlLifetime)}");
        }

        return result.Build();
    }
}
