using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using ServerlessScale.Shared;

namespace ServerlessScale.Functions.Health;

/// <summary>The settings <c>Health:*</c>.</summary>
public sealed class HealthOptions
{
    public const string Section = "Health";

    /// <summary>
    /// The folder in which a storage emulator on this machine stores its data. If it is set, readiness fails while the folder's disk has
    /// less than 1 MB of free space. An emulator accepts some writes that it can no longer save. The default, null, disables the check.
    /// </summary>
    [DevelopmentOnly]
    public string? StorageFolder { get; set; }
}

internal sealed class HealthOptionsValidator(IHostEnvironment environment) : IValidateOptions<HealthOptions>
{
    public ValidateOptionsResult Validate(string? name, HealthOptions options) => options.StorageFolder switch
    {
        null or "" => ValidateOptionsResult.Success,
        _ when !environment.IsDevelopment() => ValidateOptionsResult.Fail(
            "Health:StorageFolder is set, but a storage account has no folder: remove it."),
        var folder when !Path.IsPathFullyQualified(folder) => ValidateOptionsResult.Fail(
            $"Health:StorageFolder is not an absolute path: '{folder}'."),
        _ => ValidateOptionsResult.Success,
    };
}
