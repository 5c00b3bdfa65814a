using Microsoft.Extensions.Options;

namespace ServerlessScale.Shared.Idempotency;

/// <summary>The <c>Idempotency:*</c> settings.</summary>
public sealed class IdempotencyOptions
{
    public const string Section = "Idempotency";

    /// <summary>
    /// The time after which a repeated request may continue an operation whose first request has not completed, because its instance has
    /// probably died. A request with a JSON body takes much less time. 1 second to 10 minutes, default 1 minute.
    /// </summary>
    public TimeSpan Lease { get; set; } = TimeSpan.FromMinutes(1);
}

public sealed class IdempotencyOptionsValidator : IValidateOptions<IdempotencyOptions>
{
    public ValidateOptionsResult Validate(string? name, IdempotencyOptions options) =>
        options.Lease < TimeSpan.FromSeconds(1) || options.Lease > TimeSpan.FromMinutes(10)
            ? ValidateOptionsResult.Fail($"{IdempotencyOptions.Section}:{nameof(options.Lease)} must be between one second and ten minutes.")
            : ValidateOptionsResult.Success;
}
