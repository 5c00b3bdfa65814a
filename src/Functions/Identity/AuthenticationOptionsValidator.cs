using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;

namespace ServerlessScale.Functions.Identity;

/// <summary>Prevents the app from starting with settings that would make it reject every token or accept forged tokens.</summary>
internal sealed class AuthenticationOptionsValidator(IHostEnvironment environment) : IValidateOptions<AuthenticationOptions>
{
    public ValidateOptionsResult Validate(string? name, AuthenticationOptions options)
    {
        var faults = Faults(options).ToArray();
        return faults is [] ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }

    private IEnumerable<string> Faults(AuthenticationOptions options)
    {
        var development = environment.IsDevelopment();
        if (string.IsNullOrWhiteSpace(options.Audience))
        {
            yield return "Authentication:Audience is empty.";
        }

        if (options.KeyRefreshInterval < ConfigurationManager<OpenIdConnectConfiguration>.MinimumRefreshInterval)
        {
            yield return "Authentication:KeyRefreshInterval is shorter than 1 second.";
        }

        if (options.DevelopmentSigningKey is { Length: > 0 } key)
        {
            if (!development)
            {
                yield return "Authentication:DevelopmentSigningKey is set, but the environment is "
                    + $"'{environment.EnvironmentName}', not Development: remove the key and set Authentication:Authority.";
            }
            else if (!DevelopmentTokens.TryReadKey(key, out _))
            {
                yield return "Authentication:DevelopmentSigningKey must be at least 32 bytes in base64.";
            }
        }

        if (options.Authority is { Length: > 0 } authority)
        {
            if (!Uri.TryCreate(authority, UriKind.Absolute, out var uri)
                || (uri.Scheme != Uri.UriSchemeHttps && uri.Scheme != Uri.UriSchemeHttp)
                || uri.Query.Length > 0 || uri.Fragment.Length > 0)
            {
                yield return $"Authentication:Authority is not an absolute https URL without a query: '{authority}'.";
            }
            else if (uri.Scheme == Uri.UriSchemeHttp && !development)
            {
                yield return $"Authentication:Authority must be https outside development: '{authority}'.";
            }
        }
        else if (!development)
        {
            yield return "Authentication:Authority is missing: set it to the issuer of the tokens, e.g. https://login.microsoftonline.com/<tenant id>/v2.0.";
        }
        else if (options.DevelopmentSigningKey is not { Length: > 0 })
        {
            yield return "Neither Authentication:Authority nor Authentication:DevelopmentSigningKey is set, so the app would accept no token.";
        }
    }
}
