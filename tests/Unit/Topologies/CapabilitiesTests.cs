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
    public void Every_function_but_health_runs_in_exactly_one_app()
    {
        var apps = Capabilities.Load(CapabilitiesPath).Plan(Topology.Microservices, Functions);

        Assert.Equal(["orders", "images", "cart", "webhooks"], apps.Select(app => app.Name));
        Assert.All(Functions, function => Assert.Equal(
            function.StartsWith("Health", StringComparison.Ordinal) ? apps.Count : 1,
            apps.Count(app => !app.Disabled.Contains(function))));
    }

    [Fact]
    public void In_a_monolith_nothing_is_switched_off()
    {
        var app = Assert.Single(Capabilities.Load(CapabilitiesPath).Plan(Topology.Monolith, Functions));

        Assert.Empty(app.Disabled);
    }

    [Fact]
    public void An_app_has_the_shared_settings_and_the_others_functions_switched_off()
    {
        var cart = Capabilities.Load(CapabilitiesPath).Plan(Topology.Microservices, Functions).Single(app => app.Name == "cart");

        var settings = cart.SettingsFrom(new Dictionary<string, string> { ["Cart__IdleTimeout"] = "1.00:00:00", ["AzureWebJobs.GetOrder.Disabled"] = "false" });

        Assert.Equal("1.00:00:00", settings["Cart__IdleTimeout"]);
        Assert.Equal("true", settings["AzureWebJobs.GetOrder.Disabled"]);
        Assert.False(settings.ContainsKey("AzureWebJobs.GetCart.Disabled"));
        Assert.False(settings.ContainsKey("AzureWebJobs.HealthReady.Disabled"));
    }

    [Fact]
    public void A_function_that_is_nobodys_is_refused()
    {
        var refusal = Assert.Throws<LocalCloudException>(
            () => Capabilities.Load(CapabilitiesPath).Plan(Topology.Microservices, [.. Functions, "Stray"]));

        Assert.Contains("the function Stray", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_function_that_there_is_not_is_refused()
    {
        var refusal = Assert.Throws<LocalCloudException>(
            () => Capabilities.Load(CapabilitiesPath).Plan(Topology.Microservices, [.. Functions.Where(function => function != "ListOrders")]));

        Assert.Contains("the function ListOrders", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{", "does not tell")]
    [InlineData("null", "it is null")]
    [InlineData("""{"capabilities":{}}""", "topologies")]
    [InlineData("""{"capabilities":{},"topologies":{"monolith":[{"name":"shop","capabilities":["Cart"]}]}}""", "there is no capability Cart")]
    public void A_file_that_cannot_be_used_is_refused(string json, string says)
    {
        File.WriteAllText(_file, json);

        var refusal = Assert.Throws<LocalCloudException>(() => Capabilities.Load(_file));

        Assert.StartsWith(_file, refusal.Message, StringComparison.Ordinal);
        Assert.Contains(says, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_topology_without_apps_is_refused()
    {
        File.WriteAllText(_file, """{"capabilities":{},"topologies":{}}""");

        var refusal = Assert.Throws<LocalCloudException>(() => Capabilities.Load(_file).Plan(Topology.Microservices, []));

        Assert.Contains("microservices", refusal.Message, StringComparison.Ordinal);
    }
}
