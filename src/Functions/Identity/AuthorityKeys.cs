using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;

namespace ServerlessScale.Functions.Identity;

/// <summary>
/// The authority's issuer name and keys, read on first need, kept for 12 hours, and read again when a token names an unknown
/// key. While the authority is down the last keys stay in use. One read at a time serves everybody who waits for it, and one
/// that failed answers for five seconds, so that neither requests nor the authority pile up.
/// </summary>
internal sealed class AuthorityKeys : IDisposable
{
    private readonly HttpClient _http;
    private readonly ConfigurationManager<OpenIdConnectConfiguration>? _configuration;
    private readonly SingleFlight<OpenIdConnectConfiguration> _reads;

    static AuthorityKeys() =>
        // Otherwise a refresh happens behind the request's back, and the first tokens after a rotation would be refused.
        AppContext.SetSwitch("Switch.Microsoft.IdentityModel.UpdateConfigAsBlocking", true);

    public AuthorityKeys(IOptions<AuthenticationOptions> options, TimeProvider time)
    {
        // What was read is kept by the configuration manager; only failures need to be held here.
        _reads = new(time, successHold: TimeSpan.Zero, failureHold: TimeSpan.FromSeconds(5));
        _http = new HttpClient(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(5) })
        {
            Timeout = TimeSpan.FromSeconds(5),
            MaxResponseContentBufferSize = 1024 * 1024,
        };
        if (options.Value.Authority is { Length: > 0 } authority)
        {
            _configuration = new ConfigurationManager<OpenIdConnectConfiguration>(
                $"{authority.TrimEnd('/')}/.well-known/openid-configuration",
                new OpenIdConnectConfigurationRetriever(),
                // The options' validator lets http pass in development only. The key set must be as safe as the discovery document.
                new HttpDocumentRetriever(_http) { RequireHttps = !authority.StartsWith("http://", StringComparison.OrdinalIgnoreCase) })
            {
                RefreshInterval = options.Value.KeyRefreshInterval,
            };
        }
    }

    /// <returns>Null when no authority is configured, as may be in development.</returns>
    /// <exception cref="AuthorityUnavailableException">No keys were ever read, and they cannot be now.</exception>
    public async Task<OpenIdConnectConfiguration?> GetAsync(CancellationToken cancellationToken)
    {
        if (_configuration is null)
        {
            return null;
        }

        try
        {
            return await _reads.GetAsync(() => _configuration.GetConfigurationAsync(CancellationToken.None), cancellationToken);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw new AuthorityUnavailableException(exception);
        }
    }

    /// <summary>The keys, read again unless that was done within <see cref="AuthenticationOptions.KeyRefreshInterval"/>.</summary>
    /// <inheritdoc cref="GetAsync"/>
    public Task<OpenIdConnectConfiguration?> RefreshAsync(CancellationToken cancellationToken)
    {
        _configuration?.RequestRefresh();
        return GetAsync(cancellationToken);
    }

    public void Dispose() => _http.Dispose();
}
