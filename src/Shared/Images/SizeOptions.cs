using Microsoft.Extensions.Options;

namespace ServerlessScale.Shared.Images;

/// <summary>The <c>Images:*</c> settings for sizes that clients request with signed URLs (<see cref="ImageSize"/>).</summary>
public sealed class SizeOptions
{
    public const string Section = ImageOptions.Section;

    /// <summary>The maximum number of keys. A rotation needs two keys.</summary>
    public const int MaxKeys = 4;

    /// <summary>
    /// The keys that sign the URLs of sizes, each an id of 1 to 16 lower-case letters and digits, a dot, and at least 32 random bytes in
    /// base64. 0 to 4 keys with different ids. A URL is accepted if any of the keys has signed it. Without a key, no size can be requested.
    /// All instances need the same keys. In Azure, each key is a Key Vault reference.
    /// </summary>
    public string[] SizeKeys { get; set; } = [];

    /// <summary>The maximum number of sizes that are made of one image. 1 to 1,000, default 100.</summary>
    public int MaxSizes { get; set; } = 100;
}

/// <summary>Checks <see cref="SizeOptions"/>.</summary>
public sealed class SizeOptionsValidator : IValidateOptions<SizeOptions>
{
    public ValidateOptionsResult Validate(string? name, SizeOptions options)
    {
        var result = new ValidateOptionsResultBuilder();
        var section = $"{SizeOptions.Section}:{nameof(options.SizeKeys)}";
        if (options.SizeKeys.Length > SizeOptions.MaxKeys)
        {
            result.AddError($"must contain at most {SizeOptions.MaxKeys} keys.", section);
        }

        var ids = new HashSet<string>();
        foreach (var (index, text) in options.SizeKeys.Index())
        {
            if (KeyVaultReference.IsUnresolved(text))
            {
                result.AddError(KeyVaultReference.Unresolved, $"{section}:{index}");
            }
            else if (!SizeKey.TryParse(text, out var key))
            {
                result.AddError(
                    $"must be an id of 1 to {SizeKey.MaxIdLength} lower-case letters and digits, a dot, and at least {SizeKey.MinBytes} bytes in base64.",
                    $"{section}:{index}");
            }
            else if (!ids.Add(key.Id))
            {
                result.AddError($"has the id {key.Id} of an earlier key.", $"{section}:{index}");
            }
        }

        if (options.MaxSizes is < 1 or > 1_000)
        {
            result.AddError("must be between 1 and 1000.", $"{SizeOptions.Section}:{nameof(options.MaxSizes)}");
        }

        return result.Build();
    }
}
