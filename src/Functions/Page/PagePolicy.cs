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

    /// <summary>
    /// The policy of the API reference. Scripts come only from the app, and may send requests only to the app. Scalar inserts its style sheets
    /// as text, so inline styles must be allowed. It also creates markup from the description, for which trusted types would need its support.
    /// </summary>
    private const string ReferencePolicy =
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; "
        + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    internal void AddTo(IHeaderDictionary headers) => Add(headers, _contentSecurityPolicy.Value);

    internal static void AddReferenceTo(IHeaderDictionary headers) => Add(headers, ReferencePolicy);

    private static void Add(IHeaderDictionary headers, string contentSecurityPolicy)
    {
        headers.ContentSecurityPolicy = contentSecurityPolicy;
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
