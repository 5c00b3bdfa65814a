using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;

namespace ServerlessScale.Functions.Identity;

/// <summary>
/// Reads the authority's issuer name and signing keys. They are read on first use, cached for 12 hours, and read again when a request's
/// token is signed with an unknown key. While the authority is down, the cached keys remain in use. Concurrent requests share one read, and
/// a failed read is not repeated for five seconds, so that an outage overloads neither the app nor the authority.
/// </summary>
internal sealed class AuthorityKeys : IDisposable
{
    private readonly HttpClient _http;
    private readonly string? _authority;
    private readonly TimeSpan _refreshInterval;
    private readonly SingleFlight<OpenIdConnectConfiguration> _reads;
    private volatile ConfigurationManager<OpenIdConnectConfiguration>? _configuration;

    static AuthorityKeys() =>
        // Without this switch, the library would refresh the keys in the background. The request that triggers the refresh would then be
        // rejected, although its token was signed with a valid new key.
        AppContext.SetSwitch("Switch.Microsoft.IdentityModel.UpdateConfigAsBlocking", true);

    public AuthorityKeys(IOptions<AuthenticationOptions> options, TimeProvider time)
    {
        // The configuration manager caches successful reads, so only failures are cached here.
        _reads = new(time, successHold: TimeSpan.Zero, failureHold: TimeSpan.FromSeconds(5));
        _http = new HttpClient(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(5) })
        {
            Timeout = TimeSpan.FromSeconds(5),
            MaxResponseContentBufferSize = 1024 * 1024,
        };
        _refreshInterval = options.Value.KeyRefreshInterval;
        if (options.Value.Authority is { Length: > 0 } authority)
        {
            _authority = authority;
            _configuration = NewConfiguration(authority);
        }
    }

    /// <returns>The issuer and its keys; null when no authority is configured. In production, an authority is always configured.</returns>
    /// <exception cref="AuthorityUnavailableException">The keys cannot be read, and no earlier read has succeeded.</exception>
    public async Task<OpenIdConnectConfiguration?> GetAsync(CancellationToken cancellationToken)
    {
        if (_authority is null)
        {
            return null;
        }

        try
        {
            return await _reads.GetAsync(() => ReadAsync(_authority), cancellationToken);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw new AuthorityUnavailableException(exception);
        }
    }

    /// <summary>Reads the keys again, unless the last read was within <see cref="AuthenticationOptions.KeyRefreshInterval"/>.</summary>
    /// <inheritdoc cref="GetAsync"/>
    public Task<OpenIdConnectConfiguration?> RefreshAsync(CancellationToken cancellationToken)
    {
        _configuration?.RequestRefresh();
        return GetAsync(cancellationToken);
    }

    public void Dispose() => _http.Dispose();

    private async Task<OpenIdConnectConfiguration> ReadAsync(string authority)
    {
        try
        {
            return await _configuration!.GetConfigurationAsync(CancellationToken.None);
        }
        catch
        {
            // The configuration manager throws only if it has no keys. After each failure, it doubles the delay before its next read. After
            // a long outage, every token would therefore be rejected for minutes. A new manager can read immediately.
            _configuration = NewConfiguration(authority);
            throw;
        }
    }

    private ConfigurationManager<OpenIdConnectConfiguration> NewConfiguration(string authority) => new(
        $"{authority.TrimEnd('/')}/.well-known/openid-configuration",
        new OpenIdConnectConfigurationRetriever(),
        // The options validator accepts an http authority in development only. An https authority must also serve its keys over https.
        new HttpDocumentRetriever(_http) { RequireHttps = !authority.StartsWith("http://", StringComparison.OrdinalIgnoreCase) })
    {
        RefreshInterval = _refreshInterval,
    };
}

/// <summary>Thrown when a token can be neither accepted nor rejected, because the authority's keys cannot be read.</summary>
internal sealed class AuthorityUnavailableException(Exception innerException)
    : Exception("The authority's keys could not be read.", innerException);
