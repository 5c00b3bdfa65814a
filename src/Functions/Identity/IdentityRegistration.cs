using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using ServerlessScale.Functions.Http;

namespace ServerlessScale.Functions.Identity;

internal static class IdentityRegistration
{
    /// <summary>
    /// Adds bearer authentication for the functions that have a <see cref="RequireScopeAttribute"/>. Must be called after
    /// <c>AddProblems</c>, whose middleware writes the problem documents for rejected requests.
    /// </summary>
    public static FunctionsApplicationBuilder AddIdentity(this FunctionsApplicationBuilder builder)
    {
        FirstStartKey.Add(builder.Configuration, builder.Environment, builder.Configuration["FUNCTIONS_APPLICATION_DIRECTORY"] ?? AppContext.BaseDirectory);
        builder.Services.AddBearerAuthentication();
        builder.UseMiddleware<AuthenticationMiddleware>();
        return builder;
    }

    /// <summary>Adds the services of bearer authentication without the middleware.</summary>
    public static IServiceCollection AddBearerAuthentication(this IServiceCollection services)
    {
        services.AddOptions<AuthenticationOptions>().BindConfiguration(AuthenticationOptions.Section).ValidateOnStart();
        services.AddSingleton<IValidateOptions<AuthenticationOptions>, AuthenticationOptionsValidator>();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<AuthorityKeys>();
        services.AddSingleton<TokenValidator>();
        services.AddSingleton<BearerAuthentication>();
        services.AddSingleton<FunctionAttributes<RequireScopeAttribute>>();
        return services;
    }
}
