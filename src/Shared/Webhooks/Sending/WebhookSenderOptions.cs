using Microsoft.Extensions.Options;

namespace ServerlessScale.Shared.Webhooks.Sending;

/// <summary>
/// The <c>Webhooks:Sender:*</c> settings: the time limits for one delivery attempt, the maximum number of connections to a receiver, and
/// whether the receiver gets the trace context.
/// </summary>
public sealed class WebhookSenderOptions
{
    public const string Section = "Webhooks:Sender";

    /// <summary>
    /// The maximum time between the start of an attempt and the end of the response headers. It includes name resolution. 100 milliseconds
    /// to 1 minute. The default is 15 seconds, the minimum that Standard Webhooks recommends.
    /// </summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>
    /// The maximum time that the sender waits for the start of the response body after the headers have arrived. <see cref="Timeout"/> also
    /// limits this wait. The wait is short, because the body does not affect the outcome and is stored only for the customer to read. The
    /// range is 10 milliseconds to 15 seconds. The default is 2 seconds.
    /// </summary>
    public TimeSpan AnswerPatience { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// The maximum number of simultaneous connections from an instance to one host and port. 1 to 1,000. The default is 64.
    /// </summary>
    public int MaxConnectionsPerReceiver { get; set; } = 64;

    /// <summary>
    /// Whether attempts contain the header <c>traceparent</c> (W3C Trace Context), so that a receiver can continue the trace. The default is
    /// false, because receivers belong to third parties.
    /// </summary>
    public bool SendTraceContext { get; set; }
}

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
