using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using ServerlessScale.Functions.Orders;
using ServerlessScale.Shared.Orders;
using ServerlessScale.Shared.Storage;

namespace ServerlessScale.Tests.Unit.Orders;

public sealed class OrderSettingsTests
{
    private static readonly string[] Regions = ["West Europe", "North Europe"];
    private static readonly string Key = Convert.ToBase64String(new byte[32]);

    [Fact]
    public void The_cursor_key_is_derived_from_the_development_key_in_development()
    {
        var options = Settings("Development", ("Authentication:DevelopmentSigningKey", Key));

        Assert.Equal(DatabaseKind.Tables, options.Store);
        Assert.Equal(32, Convert.FromBase64String(options.CursorKey).Length);
        Assert.NotEqual(Key, options.CursorKey);
        Assert.Equal(options.CursorKey, Settings("Development", ("Authentication:DevelopmentSigningKey", Key)).CursorKey);
    }

    [Fact]
    public void Production_requires_a_cursor_key()
    {
        var failure = Assert.Throws<OptionsValidationException>(() => Settings("Production", ("Authentication:DevelopmentSigningKey", Key)));

        Assert.Contains("Orders:CursorKey", failure.Message, StringComparison.Ordinal);
        Assert.Equal(Key, Settings("Production", ("Orders:CursorKey", Key)).CursorKey);
    }

    [Theory]
    [InlineData("Orders:CursorKey", "c2hvcnQ=")]
    [InlineData("Orders:CursorKey", "not base64")]
    [InlineData("Orders:CommitDeadline", "00:00:00.5")]
    [InlineData("Orders:IntentDelay", "00:00:29")]
    [InlineData("Orders:Store", "cosmos")]
    public void An_invalid_order_setting_is_named_in_the_exception(string setting, string value)
    {
        var failure = Assert.Throws<OptionsValidationException>(
            () => Settings("Production", ("Orders:CursorKey", Key), ("Authentication:DevelopmentSigningKey", Key), (setting, value)));

        Assert.Contains(setting == "Orders:Store" ? "Orders:Cosmos" : setting, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_order_store_reads_its_Cosmos_settings()
    {
        var options = Settings(
            "Production", ("Orders:CursorKey", Key), ("Orders:Store", "cosmos"), ("Orders:Cosmos:Endpoint", "https://shop.documents.azure.com"),
            ("Orders:Cosmos:PreferredRegions:0", "West Europe"));

        Assert.Equal(DatabaseKind.Cosmos, options.Store);
        Assert.Equal(["West Europe"], options.Cosmos.PreferredRegions);
        Assert.False(options.Cosmos.CreateIfMissing);
    }

    private static OrderOptions Settings(string environment, params (string Key, string Value)[] settings)
    {
        var builder = new HostApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true, EnvironmentName = environment });
        builder.Configuration.AddInMemoryCollection(settings.Reverse().DistinctBy(s => s.Key).Select(s => KeyValuePair.Create(s.Key, (string?)s.Value)));
        builder.AddOrders();
        using var services = builder.Services.BuildServiceProvider();
        return services.GetRequiredService<IOptions<OrderOptions>>().Value;
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(2, true)]
    public void Reads_are_hedged_when_there_are_two_regions(int regions, bool hedged)
    {
        var options = new CosmosOptions();
        foreach (var region in Regions.Take(regions))
        {
            options.PreferredRegions.Add(region);
        }

        Assert.Equal(hedged, CosmosAccount.ClientOptions(options).AvailabilityStrategy is not null);
    }
}
