using Microsoft.Extensions.Options;

namespace ServerlessScale.Functions.Storage;

/// <summary>The settings <c>StorageCalls:*</c>, which limit the calls to the storage account.</summary>
public sealed class StorageCallOptions
{
    public const string Section = "StorageCalls";

    /// <summary>
    /// The time limit for one attempt of a call: 100 ms to 30 s, default 5 s. An attempt without a response is repeated up to three times.
    /// </summary>
    public TimeSpan AttemptTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// The time limit for which an HTTP request waits for a store that does not respond: 100 ms to 9 s, default 8 s. The client then gets
    /// 503. The pauses between attempts are not included, so the client waits up to a second longer.
    /// </summary>
    public TimeSpan RequestLimit { get; set; } = TimeSpan.FromSeconds(8);
}

internal sealed class StorageCallOptionsValidator : IValidateOptions<StorageCallOptions>
{
    private static readonly TimeSpan Least = TimeSpan.FromMilliseconds(100);

    public ValidateOptionsResult Validate(string? name, StorageCallOptions options)
    {
        if (options.AttemptTimeout < Least || options.AttemptTimeout > TimeSpan.FromSeconds(30))
        {
            return ValidateOptionsResult.Fail($"StorageCalls:AttemptTimeout is {options.AttemptTimeout}. Set 100 ms to 30 s.");
        }

        return options.RequestLimit < Least || options.RequestLimit > TimeSpan.FromSeconds(9)
            ? ValidateOptionsResult.Fail($"StorageCalls:RequestLimit is {options.RequestLimit}. Set 100 ms to 9 s.")
            : ValidateOptionsResult.Success;
    }
}
