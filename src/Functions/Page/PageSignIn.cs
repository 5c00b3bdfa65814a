using System.Net;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using ServerlessScale.Functions.Identity;

namespace ServerlessScale.Functions.Page;

/// <summary>Tells the page how people sign in.</summary>
public sealed class PageSignIn
{
    private readonly PageOptions _options;
    private readonly string? _authority;
    private readonly bool _isDevelopment;

    internal PageSignIn(IOptions<PageOptions> options, IOptions<AuthenticationOptions> authentication, IHostEnvironment environment)
    {
        _options = options.Value;
        _authority = authentication.Value.Authority;
        _isDevelopment = environment.IsDevelopment();
    }

    /// <returns>The configuration. In development, it contains a token if the page of this app on this machine asks for it.</returns>
    internal PageConfigView For(HttpRequest request)
    {
        if (_options.ClientId.Length > 0 && _authority is { Length: > 0 })
        {
            return new(new() { Kind = "oidc", Authority = _authority, ClientId = _options.ClientId, Scope = _options.Scope });
        }

        if (!_isDevelopment)
        {
            return new(new() { Kind = "none" });
        }

        return new(new() { Kind = "development", Token = IsFromOwnPage(request) ? _options.DevelopmentToken : null });
    }

    /// <summary>
    /// Returns whether the request comes from this machine's own page. A page of another origin cannot remove <c>Sec-Fetch-Site</c>. A name
    /// that an attacker's DNS server resolves to this machine (DNS rebinding) is not a loopback name.
    /// </summary>
    private static bool IsFromOwnPage(HttpRequest request)
    {
        var site = request.Headers["Sec-Fetch-Site"].ToString();
        return site is "" or "same-origin"
            && IsLoopback(request.Host.Host)
            && request.Headers["X-Forwarded-Host"].All(host => host is null || IsLoopback(new HostString(host).Host));
    }

    private static bool IsLoopback(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));
}

/// <summary>The response of <c>GET /api/page-config</c>.</summary>
internal sealed record PageConfigView(PageSignInView SignIn);

internal sealed record PageSignInView
{
    /// <summary><c>oidc</c>, <c>development</c> or <c>none</c>.</summary>
    public required string Kind { get; init; }

    public string? Token { get; init; }

    public string? Authority { get; init; }

    public string? ClientId { get; init; }

    public string? Scope { get; init; }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(PageConfigView))]
internal sealed partial class PageJson : JsonSerializerContext;
