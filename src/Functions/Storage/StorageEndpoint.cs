using Microsoft.Extensions.Configuration;

namespace ServerlessScale.Functions.Storage;

/// <summary>
/// The address of a storage service. It is either a connection string, which contains the account's key, or a URI for use with managed
/// identity.
/// </summary>
internal sealed record StorageEndpoint(string? ConnectionString, Uri? ServiceUri)
{
    /// <param name="configuration">The app's settings.</param>
    /// <param name="service"><c>blob</c>, <c>queue</c> or <c>table</c>.</param>
    /// <param name="settings">The names of the settings in order of preference. The first setting that contains an address wins.</param>
    /// <exception cref="InvalidOperationException">No setting contains an address for the service, or the URI is not absolute.</exception>
    public static StorageEndpoint Resolve(IConfiguration configuration, string service, params ReadOnlySpan<string> settings)
    {
        foreach (var setting in settings)
        {
            var section = configuration.GetSection(setting);
            if (section[$"{service}ServiceUri"] is { Length: > 0 } uri)
            {
                return new(null, AbsoluteUri(uri, $"{setting}:{service}ServiceUri"));
            }

            if (section["accountName"] is { Length: > 0 } account)
            {
                return new(null, AbsoluteUri($"https://{account}.{service}.core.windows.net", $"{setting}:accountName"));
            }

            if (section.Value is { Length: > 0 } connectionString)
            {
                return new(connectionString, null);
            }
        }

        throw new InvalidOperationException(
            $"No account for {service}s is configured. Set {string.Join(" or ", settings.ToArray())} to a connection string, "
            + $"or {settings[^1]}:{service}ServiceUri to the service's URI (used with managed identity).");
    }

    private static Uri AbsoluteUri(string value, string setting) =>
        Uri.TryCreate(value, UriKind.Absolute, out var uri)
            ? uri
            : throw new InvalidOperationException($"{setting} is not an absolute URI: '{value}'.");
}
