using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using ServerlessScale.Functions.Http;
using ServerlessScale.Shared.Idempotency;

namespace ServerlessScale.Functions.Idempotency;

internal static class IdempotencyRegistration
{
    /// <summary>
    /// Adds idempotency keys for the functions that have an <see cref="IdempotentAttribute"/>. Must be called after <c>AddIdentity</c>,
    /// because keys belong to the customer of the token.
    /// </summary>
    public static FunctionsApplicationBuilder AddIdempotency(this FunctionsApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddOptions<IdempotencyOptions>().BindConfiguration(IdempotencyOptions.Section).ValidateOnStart();
        services.AddSingleton<IValidateOptions<IdempotencyOptions>, IdempotencyOptionsValidator>();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<FunctionAttributes<IdempotentAttribute>>();
        services.AddSingleton<IdempotencyStore>();
        services.AddSingleton<IdempotentRequests>();
        builder.UseMiddleware<IdempotencyMiddleware>();
        return builder;
    }
}
