using Microsoft.Extensions.Options;

namespace ServerlessScale.Shared.Webhooks.Sending;

public sealed class WebhookUrlOptionsValidator : IValidateOptions<WebhookUrlOptions>
{
    public ValidateOptionsResult Validate(string? name, WebhookUrlOptions options) =>
        options.ResolveTimeout < TimeSpan.FromMilliseconds(100) || options.ResolveTimeout > TimeSpan.FromSeconds(10)
            ? ValidateOptionsResult.Fail(
                $"{WebhookUrlOptions.Section}:{nameof(options.ResolveTimeout)} must be between 100 milliseconds and 10 seconds.")
            : ValidateOptionsResult.Success;
}
