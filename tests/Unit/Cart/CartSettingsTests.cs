using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using ServerlessScale.Functions.Cart;
using ServerlessScale.Shared.Cart;

namespace ServerlessScale.Tests.Unit.Cart;

public sealed class CartSettingsTests
{
    [Fact]
    public void By_default_Table_Storage_retains_carts_for_two_weeks()
    {
        using var services = Services();
        var options = services.GetRequiredService<IOptions<CartOptions>>().Value;

        Assert.Equal((CartBackend.Tables, TimeSpan.FromDays(14)), (options.Store, options.IdleTimeout));
        Assert.Empty(services.GetRequiredService<IOptions<HealthCheckServiceOptions>>().Value.Registrations);
    }

    [Theory]
    [InlineData("Cart:Redis:ConnectionString", "127.0.0.1:6379")]
    [InlineData("Cart:Redis:Endpoint", "shop.redis.azure.net:10000")]
    public void A_configured_Redis_store_gets_a_health_check(string setting, string value)
    {
        using var services = Services(("Cart:Store", "redis"), (setting, value), ("Cart:Redis:PrincipalId", "id"));

        Assert.Equal(CartBackend.Redis, services.GetRequiredService<IOptions<CartOptions>>().Value.Store);
        Assert.Equal("redis", Assert.Single(services.GetRequiredService<IOptions<HealthCheckServiceOptions>>().Value.Registrations).Name);
    }

    [Theory]
    [InlineData("Cart:IdleTimeout", "00:00:59")]
    [InlineData("Cart:IdleTimeout", "91.00:00:00")]
    [InlineData("Cart:Store", "redis")]
    [InlineData("Cart:Store", "7")]
    [InlineData("Cart:Redis:ConnectionString", "ssl=true")]
    [InlineData("Cart:Redis:ConnectionString", "127.0.0.1:6379,nonsense=1")]
    [InlineData("Cart:Redis:Endpoint", "shop.redis.azure.net:10000")]
    [InlineData("Cart:Redis:Timeout", "00:00:00.05")]
    [InlineData("Cart:Redis:Timeout", "00:00:11")]
    public void An_invalid_cart_setting_is_named_in_the_exception(string setting, string value)
    {
        var failure = Assert.Throws<OptionsValidationException>(() =>
        {
            using var services = Services(
                ("Cart:Store", setting.StartsWith("Cart:Redis", StringComparison.Ordinal) ? "redis" : "tables"),
                ("Cart:Redis:ConnectionString", setting is "Cart:Redis:Timeout" ? "127.0.0.1" : ""),
                (setting, value));
            return services.GetRequiredService<IOptions<CartOptions>>().Value;
        });

        Assert.Contains(
            (setting, value) switch
            {
                ("Cart:Store", "redis") or ("Cart:Redis:ConnectionString", _) => "Cart:Redis",
                ("Cart:Redis:Endpoint", _) => "Cart:Redis:PrincipalId",
                _ => setting,
            },
            failure.Message,
            StringComparison.Ordinal);
    }

    private static ServiceProvider Services(params (string Key, string Value)[] settings)
    {
        var builder = new HostApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Configuration.AddInMemoryCollection(
            settings.Reverse().DistinctBy(s => s.Key).Select(s => KeyValuePair.Create(s.Key, (string?)s.Value)));
        builder.AddCart();
        return builder.Services.BuildServiceProvider();
    }
}
