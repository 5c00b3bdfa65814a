using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace ServerlessScale.Shared.Cart;

public sealed class CartOptionsValidator : IValidateOptions<CartOptions>
{
    public ValidateOptionsResult Validate(string? name, CartOptions options)
    {
        var result = new ValidateOptionsResultBuilder();
        if (!Enum.IsDefined(options.Store))
        {
            result.AddError("must be tables or redis.", Name(nameof(options.Store)));
        }

        if (options.IdleTimeout < TimeSpan.FromMinutes(1) || options.IdleTimeout > TimeSpan.FromDays(90))
        {
            result.AddError("must be between one minute and 90 days.", Name(nameof(options.IdleTimeout)));
        }

        if (options.Store == CartBackend.Redis)
        {
            Check(options.Redis, result);
        }

        return result.Build();
    }

    private static void Check(CartRedisOptions redis, ValidateOptionsResultBuilder result)
    {
        var section = Name(nameof(CartOptions.Redis));
        if (string.IsNullOrWhiteSpace(redis.ConnectionString) == string.IsNullOrWhiteSpace(redis.Endpoint))
        {
            result.AddError($"must have either {nameof(redis.ConnectionString)} or {nameof(redis.Endpoint)}, not both.", section);
        }
        else if (!HasEndpoint(redis.ConnectionString ?? redis.Endpoint!))
        {
            result.AddError("must name a server as host:port.", section);
        }

        if (!string.IsNullOrWhiteSpace(redis.Endpoint) && string.IsNullOrWhiteSpace(redis.PrincipalId))
        {
            result.AddError($"must be set together with {nameof(redis.Endpoint)}.", $"{section}:{nameof(redis.PrincipalId)}");
        }

        if (redis.Timeout < TimeSpan.FromMilliseconds(100) || redis.Timeout > TimeSpan.FromSeconds(10))
        {
            result.AddError("must be between 100 milliseconds and 10 seconds.", $"{section}:{nameof(redis.Timeout)}");
        }
    }

    private static bool HasEndpoint(string text)
    {
        try
        {
            return ConfigurationOptions.Parse(text).EndPoints.Count > 0;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    private static string Name(string option) => $"{CartOptions.Section}:{option}";
}
