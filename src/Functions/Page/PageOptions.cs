using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using ServerlessScale.Shared;

namespace ServerlessScale.Functions.Page;

/// <summary>
/// The <c>Page:*</c> settings, which determine how people sign in on the shop's page. The page uses the same authority as the API
/// (<c>Authentication:Authority</c>).
/// </summary>
internal sealed class PageOptions
{
    public const string Section = "Page";

    /// <summary>
    /// The client id of the page's registration at the authority, as a public client with the redirect URI <c>https://{host}/</c>. If it is
    /// empty, which is the default, nobody can sign in on the page.
    /// </summary>
    public string ClientId { get; set; } = "";

    /// <summary>
    /// The scopes that the page requests, separated by spaces. An authority may require a prefix for the scopes of the API. Without
    /// <c>offline_access</c>, people must sign in again when their token expires.
    /// </summary>
    public string Scope { get; set; } = "openid profile offline_access images.write orders.read orders.write cart webhooks.manage events.read diagnostics.read";

    /// <summary>
    /// The token that the page uses in development instead of signing in. LocalCloud sets it. Outside development, the app refuses to start
    /// if it is set, because the page gives the token to every visitor.
    /// </summary>
    [DevelopmentOnly]
    public string? DevelopmentToken { get; set; }
}

internal sealed class PageOptionsValidator(IHostEnvironment environment) : IValidateOptions<PageOptions>
{
    public ValidateOptionsResult Validate(string? name, PageOptions options)
    {
        if (options.DevelopmentToken is { Length: > 0 } && !environment.IsDevelopment())
        {
            return ValidateOptionsResult.Fail(
                $"Page:DevelopmentToken is set, but the environment is '{environment.EnvironmentName}', not Development: "
                + "remove the token and set Page:ClientId.");
        }

        return options.ClientId.Length > 0 && !options.Scope.Split(' ').Contains("openid")
            ? ValidateOptionsResult.Fail($"Page:Scope must contain 'openid', because the page signs in with OpenID Connect: '{options.Scope}'.")
            : ValidateOptionsResult.Success;
    }
}
