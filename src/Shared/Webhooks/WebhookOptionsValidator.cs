using System.Buffers.Text;
using Microsoft.Extensions.Options;

namespace ServerlessScale.Shared.Webhooks;

public sealed class WebhookOptionsValidator : IValidateOptions<WebhookOptions>
{
    private const int KeyBytes = 32;

    public ValidateOptionsResult Validate(string? name, WebhookOptions options)
    {
        var result = new ValidateOptionsResultBuilder();
        if (!IsKey(options.EncryptionKey))
        {
            result.AddError($"must be base64 of {KeyBytes} bytes.", Name(nameof(options.EncryptionKey)));
        }

        if (options.PreviousEncryptionKey.Length > 0 && !IsKey(options.PreviousEncryptionKey))
        {
            result.AddError($"must be empty, or base64 of {KeyBytes} bytes.", Name(nameof(options.PreviousEncryptionKey)));
        }

        Check(options.MaxEndpoints, 1, 500, nameof(options.MaxEndpoints));
        Check(options.MaxConcurrency, 1, 100, nameof(options.MaxConcurrency));
        Check(options.MaxDetached, 0, 1000, nameof(options.MaxDetached));
        Check(options.BreakerThreshold, 1, 100, nameof(options.BreakerThreshold));
        Check(options.SlotTime, TimeSpan.FromMilliseconds(10), TimeSpan.FromSeconds(15), nameof(options.SlotTime));
        Check(options.BreakerPause, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(5), nameof(options.BreakerPause));
        return result.Build();

        void Check<T>(T value, T least, T most, string option)
            where T : IComparable<T>
        {
            if (value.CompareTo(least) < 0 || value.CompareTo(most) > 0)
            {
                result.AddError($"must be from {least} to {most}.", Name(option));
            }
        }
    }

    private static bool IsKey(string text) => Base64.IsValid(text, out var length) && length == KeyBytes;

    private static string Name(string option) => $"{WebhookOptions.Section}:{option}";
}
