using Microsoft.Extensions.Options;

namespace ServerlessScale.Shared.Webhooks.Sending;

public sealed class WebhookSigningOptionsValidator : IValidateOptions<WebhookSigningOptions>
{
    public ValidateOptionsResult Validate(string? name, WebhookSigningOptions options)
    {
        var result = new ValidateOptionsResultBuilder();
        var section = $"{WebhookSigningOptions.Section}:{nameof(options.SigningKeys)}";
        if (options.SigningKeys.Length is 0 or > WebhookSigningOptions.MaxKeys)
        {
            result.AddError($"must hold 1 to {WebhookSigningOptions.MaxKeys} keys.", section);
        }

        for (var index = 0; index < options.SigningKeys.Length; index++)
        {
            if (!WebhookSigningKey.IsValid(options.SigningKeys[index]))
            {
                result.AddError($"must be {WebhookSigningKey.Prefix} and the base64 of 32 bytes.", $"{section}:{index}");
            }
        }

        return result.Build();
    }
}
