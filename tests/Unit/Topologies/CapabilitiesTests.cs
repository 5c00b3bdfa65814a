using ServerlessScale.Local;
using ServerlessScale.Local.Build;
using ServerlessScale.Local.Topologies;

namespace ServerlessScale.Tests.Unit.Topologies;

public sealed class CapabilitiesTests : IDisposable
{
    private static readonly string CapabilitiesPath = Path.Combine(Repository.FindRoot(AppContext.BaseDirectory)!, "infra", "capabilities.json");

    private readonly string _file = Path.GetTempFileName();

    private static string[] Functions { get; } = [.. Capabilities.Load(CapabilitiesPath).ByName.Values.SelectMany(capability => capability.Functions)];

    public void Dispose() => File.Delete(_file);

    [Fact]
    public void Only_health_and_fallback_run_in_several_apps()
    {
        var apps = Capabilities.Load(CapabilitiesPath).Plan(Topology.Microservices, Functions);

        Assert.Equal(["orders", "images", "catalogue", "cart", "webhooks"], apps.Select(app => app.Name));
        Assert.All(Functions, function => Assert.Equal(
            function.StartsWith("Health", StringComparison.Ordinal) || function == "ZFallback" ? apps.Count : 1,
            apps.Count(app => !app.Disabled.Contains(function))));
    }

    [Fact]
    public void A_monolith_does_not_disable_any_function()
    {
        var app = Assert.Single(Capabilities.Load(CapabilitiesPath).Plan(Topology.Monolith, Functions));

        Assert.Empty(app.Disabled);
    }

    [Fact]
    public void The_settings_of_an_app_disable_the_functions_of_other_apps()
    {
        var cart = Capabilities.Load(CapabilitiesPath).Plan(Topology.Microservices, Functions).Single(app => app.Name == "cart");

        var settings = cart.SettingsFrom(new Dictionary<string, string> { ["Cart__IdleTimeout"] = "1.00:00:00", ["AzureWebJobs.GetOrder.Disabled"] = "false" });

        Assert.Equal("1.00:00:00", settings["Cart__IdleTimeout"]);
        Assert.Equal("true", settings["AzureWebJobs.GetOrder.Disabled"]);
        Assert.False(settings.ContainsKey("AzureWebJobs.GetCart.Disabled"));
        Assert.False(settings.ContainsKey("AzureWebJobs.HealthReady.Disabled"));
    }

    [Fact]
    public void A_function_without_a_capability_is_rejected()
    {
        var refusal = Assert.Throws<LocalCloudException>(
            () => Capabilities.Load(CapabilitiesPath).Plan(Topology.Microservices, [.. Functions, "Stray"]));

        Assert.Contains("the function Stray", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_listed_function_missing_from_the_build_is_rejected()
    {
        var refusal = Assert.Throws<LocalCloudException>(
            () => Capabilities.Load(CapabilitiesPath).Plan(Topology.Microservices, [.. Functions.Where(function => function != "ListOrders")]));

        Assert.Contains("the function ListOrders", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{", "is not a valid list of capabilities")]
    [InlineData("null", "it is null")]
    [InlineData("""{"capabilities":{}}""", "topologies")]
    [InlineData("""{"capabilities":{},"topologies":{"monolith":[{"name":"shop","capabilities":["Cart"]}]}}""", "unknown capability Cart")]
    public void An_invalid_capabilities_file_is_rejected(string json, string reason)
    {
        File.WriteAllText(_file, json);

        var refusal = Assert.Throws<LocalCloudException>(() => Capabilities.Load(_file));

        Assert.StartsWith(_file, refusal.Message, StringComparison.Ordinal);
        Assert.Contains(reason, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_topology_without_apps_is_rejected()
    {
        File.WriteAllText(_file, """{"capabilities":{},"topologies":{}}""");

        var refusal = Assert.Throws<LocalCloudException>(() => Capabilities.Load(_file).Plan(Topology.Microservices, []));

        Assert.Contains("microservices", refusal.Message, StringComparison.Ordinal);
    }
}
