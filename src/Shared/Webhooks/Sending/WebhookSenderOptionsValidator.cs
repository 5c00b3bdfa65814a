using Microsoft.Extensions.Options;

namespace ServerlessScale.Shared.Webhooks.Sending;

public sealed class WebhookSenderOptionsValidator : IValidateOptions<WebhookSenderOptions>
{
    public ValidateOptionsResult Validate(string? name, WebhookSenderOptions options)
    {
        var result = new ValidateOptionsResultBuilder();
        if (options.Timeout < TimeSpan.FromMilliseconds(100) || options.Timeout > TimeSpan.FromMinutes(1))
        {
            result.AddError("must be between 100 milliseconds and one minute.", Name(nameof(options.Timeout)));
        }

        if (options.AnswerPatience < TimeSpan.FromMilliseconds(10) || options.AnswerPatience > TimeSpan.FromSeconds(15))
        {
            result.AddError("must be between 10 milliseconds and 15 seconds.", Name(nameof(options.AnswerPatience)));
        }

        if (options.MaxConnectionsPerReceiver is < 1 or > 1000)
        {
            result.AddError("must be between 1 and 1,000.", Name(nameof(options.MaxConnectionsPerReceiver)));
        }

        return result.Build();
    }

    private static string Name(string option) => $"{WebhookSenderOptions.Section}:{option}";
}
