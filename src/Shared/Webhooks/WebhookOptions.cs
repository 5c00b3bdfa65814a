using System.Buffers.Text;
using Microsoft.Extensions.Options;
using ServerlessScale.Shared.Sealing;

namespace ServerlessScale.Shared.Webhooks;

/// <summary>
/// The <c>Webhooks:*</c> settings for endpoints and their deliveries. The settings for a single attempt are in
/// <see cref="Sending.WebhookSenderOptions"/>.
/// </summary>
public sealed class WebhookOptions
{
    public const string Section = "Webhooks";

    /// <summary>
    /// The key that encrypts the endpoints' secrets: 32 bytes in base64, the same for all instances. In development the key is derived from
    /// the development key. In all other environments it is required. Keep the key as long as there are endpoints. Without it, deliveries
    /// that need a <c>v1</c> signature cannot be signed.
    /// </summary>
    public string EncryptionKey { get; set; } = "";

    /// <summary>
    /// The previous <see cref="EncryptionKey"/>, 32 bytes in base64. It is needed until every secret has been rotated. The default is
    /// empty, which means that there is no previous key.
    /// </summary>
    public string PreviousEncryptionKey { get; set; } = "";

    /// <summary>The maximum number of endpoints per customer. 1 to 500. The default is 50.</summary>
    public int MaxEndpoints { get; set; } = 50;

    /// <summary>The maximum number of concurrent attempts per endpoint and instance. 1 to 100. The default is 4.</summary>
    public int MaxConcurrency { get; set; } = 4;

    /// <summary>
    /// The maximum number of detached attempts per instance. An attempt that takes longer than <see cref="SlotTime"/> is detached from its
    /// queue message and continues in the background. When the maximum is reached, each further slow attempt occupies one of the host's few
    /// message slots until it ends. 0 to 1,000. The default is 64.
    /// </summary>
    public int MaxDetached { get; set; } = 64;

    /// <summary>
    /// The time after which an attempt is detached, which means that it releases its queue message and continues in the background. Before
    /// it is detached, it occupies one of the host's few message slots. Healthy receivers respond within this time. 10 milliseconds to 15
    /// seconds. The default is 250 milliseconds.
    /// </summary>
    public TimeSpan SlotTime { get; set; } = TimeSpan.FromMilliseconds(250);

    /// <summary>
    /// The number of consecutive attempts that must fail to reach an endpoint before its circuit breaker opens. 1 to 100. The default is 5.
    /// </summary>
    public int BreakerThreshold { get; set; } = 5;

    /// <summary>
    /// The time for which a circuit breaker is open before it becomes half open. Each failed probe doubles this time, up to 5 minutes. The
    /// allowed range of the setting is 1 second to 5 minutes. The default is 10 seconds.
    /// </summary>
    public TimeSpan BreakerPause { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// The time for which events are kept, starting at the time of the event. A timer deletes older events every night. 1 to 365 days. The
    /// default is 30 days, which is also the time for which deliveries are kept.
    /// </summary>
    public TimeSpan EventRetention { get; set; } = TimeSpan.FromDays(30);

    /// <summary>Creates the sealer that uses the encryption keys. The keys must be valid.</summary>
    public Sealer CreateSealer() => new(
        Convert.FromBase64String(EncryptionKey),
        PreviousEncryptionKey.Length > 0 ? Convert.FromBase64String(PreviousEncryptionKey) : null,
        $"{Section}:{nameof(EncryptionKey)} or {Section}:{nameof(PreviousEncryptionKey)}");
}

public sealed class WebhookOptionsValidator : IValidateOptions<WebhookOptions>
{
    private const int KeyBytes = 32;

    public ValidateOptionsResult Validate(string? name, WebhookOptions options)
    {
        var result = new ValidateOptionsResultBuilder();
        CheckKey(options.EncryptionKey, $"must be {KeyBytes} bytes in base64.", nameof(options.EncryptionKey));
        if (options.PreviousEncryptionKey.Length > 0)
        {
            CheckKey(options.PreviousEncryptionKey, $"must be empty or {KeyBytes} bytes in base64.", nameof(options.PreviousEncryptionKey));
        }

        Check(options.MaxEndpoints, 1, 500, nameof(options.MaxEndpoints));
        Check(options.MaxConcurrency, 1, 100, nameof(options.MaxConcurrency));
        Check(options.MaxDetached, 0, 1000, nameof(options.MaxDetached));
        Check(options.BreakerThreshold, 1, 100, nameof(options.BreakerThreshold));
        Check(options.SlotTime, TimeSpan.FromMilliseconds(10), TimeSpan.FromSeconds(15), nameof(options.SlotTime));
        Check(options.BreakerPause, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(5), nameof(options.BreakerPause));
        Check(options.EventRetention, TimeSpan.FromDays(1), TimeSpan.FromDays(365), nameof(options.EventRetention));
        return result.Build();

        void CheckKey(string key, string requirement, string option)
        {
            if (!IsKey(key))
            {
                result.AddError(KeyVaultReference.IsUnresolved(key) ? KeyVaultReference.Unresolved : requirement, Name(option));
            }
        }

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
