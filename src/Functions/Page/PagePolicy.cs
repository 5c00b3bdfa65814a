using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using ServerlessScale.Functions.Identity;
using ServerlessScale.Functions.Storage;

namespace ServerlessScale.Functions.Page;

/// <summary>
/// The security headers of the page. Its content security policy (CSP 3) allows only files of the page's own origin. Scripts may also send
/// requests to the blob service, which receives uploads, and to the authority, which issues tokens.
/// </summary>
public sealed class PagePolicy
{
    private readonly Lazy<string> _contentSecurityPolicy;

    public PagePolicy(IConfiguration configuration, IServiceProvider services) =>
        _contentSecurityPolicy = new(() => Policy(
            StorageClients.BlobService(configuration),
            services.GetRequiredService<IOptions<AuthenticationOptions>>().Value.Authority));

    internal void AddTo(IHeaderDictionary headers)
    {
        headers.ContentSecurityPolicy = _contentSecurityPolicy.Value;
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()";
    }

    internal static string Policy(Uri blobService, string? authority)
    {
        var connections = Uri.TryCreate(authority, UriKind.Absolute, out var issuer) ? $"{Origin(blobService)} {Origin(issuer)}" : Origin(blobService);
        return $"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self' {connections}; "
            + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'";
    }

    private static string Origin(Uri uri) => uri.GetLeftPart(UriPartial.Authority);
}
