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

    /// <summary>
    /// Returns the URI of the service. A connection string names the URI, the account, or the emulator on its default ports
    /// (learn.microsoft.com/azure/storage/common/storage-configure-connection-string).
    /// </summary>
    /// <param name="service"><c>blob</c>, <c>queue</c> or <c>table</c>.</param>
    public Uri UriOf(string service)
    {
        if (ServiceUri is not null)
        {
            return ServiceUri;
        }

        var parts = ConnectionString!.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(part => part.Split('=', 2))
            .Where(part => part.Length == 2)
            .ToLookup(part => part[0], part => part[1], StringComparer.OrdinalIgnoreCase);
        if (parts[$"{service}Endpoint"].FirstOrDefault() is { } endpoint)
        {
            return AbsoluteUri(endpoint, $"{service}Endpoint in the connection string");
        }

        return parts["AccountName"].FirstOrDefault() is { } account
            ? new Uri($"{parts["DefaultEndpointsProtocol"].FirstOrDefault() ?? "https"}://{account}.{service}.{parts["EndpointSuffix"].FirstOrDefault() ?? "core.windows.net"}")
            : new Uri($"http://127.0.0.1:{service switch { "blob" => 10000, "queue" => 10001, _ => 10002 }}");
    }

    // The message does not contain the value, because a URI of a storage service can contain a shared access signature.
    private static Uri AbsoluteUri(string value, string setting) =>
        Uri.TryCreate(value, UriKind.Absolute, out var uri)
            ? uri
            : throw new InvalidOperationException($"{setting} is not an absolute URI.");
}
