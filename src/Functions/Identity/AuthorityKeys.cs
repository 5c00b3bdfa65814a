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
    private readonly string? _authority;
    private readonly TimeSpan _refreshInterval;
    private readonly SingleFlight<OpenIdConnectConfiguration> _reads;
    private volatile ConfigurationManager<OpenIdConnectConfiguration>? _configuration;

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
        _refreshInterval = options.Value.KeyRefreshInterval;
        if (options.Value.Authority is { Length: > 0 } authority)
        {
            _authority = authority;
            _configuration = NewConfiguration(authority);
        }
    }

    /// <returns>Null when no authority is configured, as may be in development.</returns>
    /// <exception cref="AuthorityUnavailableException">No keys were ever read, and they cannot be now.</exception>
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

    /// <summary>The keys, read again unless that was done within <see cref="AuthenticationOptions.KeyRefreshInterval"/>.</summary>
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
            // It throws only while it has no keys at all, and from then on waits twice as long after every failure: an instance
            // that met a long outage would refuse everybody for minutes after its end.
            _configuration = NewConfiguration(authority);
            throw;
        }
    }

    private ConfigurationManager<OpenIdConnectConfiguration> NewConfiguration(string authority) => new(
        $"{authority.TrimEnd('/')}/.well-known/openid-configuration",
        new OpenIdConnectConfigurationRetriever(),
        // The options' validator lets http pass in development only. The key set must be as safe as the discovery document.
        new HttpDocumentRetriever(_http) { RequireHttps = !authority.StartsWith("http://", StringComparison.OrdinalIgnoreCase) })
    {
        RefreshInterval = _refreshInterval,
    };
}
