using System.Reflection;
using System.Text.Json;
using Microsoft.Azure.Functions.Worker;
using ServerlessScale.Functions.ColdStarts;

namespace ServerlessScale.Tests.Unit.Infra;

/// <summary>
/// Compares capabilities.json with the functions in the code. The file assigns functions to capabilities, and capabilities to apps.
/// </summary>
public sealed class CapabilitiesTests
{
    private const string PoisonSuffix = "-poison";

    private static readonly CapabilitiesFile File =
        JsonSerializer.Deserialize<CapabilitiesFile>(Installation.Text("capabilities.json"), JsonSerializerOptions.Web)!;

    private static readonly (string Name, string Capability, object? Trigger)[] AllFunctions =
    [
        .. typeof(ColdStartFunctions).Assembly.GetTypes()
            .SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static))
            .Where(method => method.IsDefined(typeof(FunctionAttribute)))
            .Select(method => (
                method.GetCustomAttribute<FunctionAttribute>()!.Name,
                method.DeclaringType!.Namespace!.Split('.')[^1],
                method.GetParameters()
                    .SelectMany(parameter => parameter.GetCustomAttributes())
                    .FirstOrDefault(attribute => attribute is HttpTriggerAttribute or QueueTriggerAttribute or TimerTriggerAttribute) as object)),
    ];

    public static TheoryData<string> Installations => Installation.All;

    [Fact]
    public void Every_function_is_listed_under_the_capability_of_its_folder()
    {
        var listed = File.Capabilities.SelectMany(capability => capability.Value.Functions.Select(function => (function, capability.Key)));

        Assert.Equal(
            AllFunctions.Select(function => (function.Name, function.Capability)).Order(),
            listed.Order());
    }

    [Fact]
    public void Every_queue_is_listed_under_its_consuming_capability()
    {
        var queues = AllFunctions
            .Where(function => function.Trigger is QueueTriggerAttribute)
            .Select(function => (((QueueTriggerAttribute)function.Trigger!).QueueName, function.Capability))
            .Where(queue => !queue.QueueName.EndsWith(PoisonSuffix, StringComparison.Ordinal));

        Assert.Equal(
            queues.Order(),
            File.Capabilities.SelectMany(capability => capability.Value.Queues.Select(queue => (queue, capability.Key))).Order());
    }

    [Theory, MemberData(nameof(Installations))]
    public void Every_queue_has_an_alert_on_its_poison_queue(string name)
    {
        var queries = Installation.Read(name).Of("Microsoft.Insights/scheduledQueryRules")
            .Select(rule => rule["properties"]!["criteria"]!["allOf"]![0]!["query"]!.GetValue<string>())
            .ToArray();
        var poisonQueues = AllFunctions
            .Select(function => (function.Trigger as QueueTriggerAttribute)?.QueueName)
            .OfType<string>()
            .Where(queue => !queue.EndsWith(PoisonSuffix, StringComparison.Ordinal))
            .Select(queue => queue + PoisonSuffix)
            .ToArray();

        Assert.NotEmpty(poisonQueues);
        Assert.All(poisonQueues, queue => Assert.Single(queries, query => query.Contains($"Uri has \"/{queue}/\"", StringComparison.Ordinal)));
    }

    [Theory, MemberData(nameof(Installations))]
    public void Every_queue_that_a_function_polls_is_deployed(string name)
    {
        var deployed = Installation.Read(name).Of("Microsoft.Storage/storageAccounts/queueServices/queues")
            .Select(queue => queue["name"]!.GetValue<string>().Split('/')[^1]);

        Assert.Equal(AllFunctions.Select(function => (function.Trigger as QueueTriggerAttribute)?.QueueName).OfType<string>().Order(), deployed.Order());
    }

    [Theory]
    [InlineData("monolith")]
    [InlineData("microservices")]
    public void Every_capability_except_Health_and_Fallback_belongs_to_one_app(string topology)
    {
        var apps = File.Topologies[topology];

        Assert.All(File.Capabilities.Keys, capability => Assert.Equal(
            capability is "Health" or "Fallback" ? apps.Count : 1,
            apps.Count(app => app.Capabilities.Contains(capability))));
    }

    [Fact]
    public void Every_HTTP_route_is_listed_under_the_capability_of_its_function()
    {
        var patterns = File.Capabilities.SelectMany(capability => capability.Value.Paths.Select(path => (Path: path, capability.Key))).ToArray();

        Assert.All(AllFunctions.Where(function => function is { Trigger: HttpTriggerAttribute, Capability: not ("Health" or "Fallback") }), function =>
        {
            // The route of the page matches only the path "/". Azure's host accepts no shorter form.
            var route = "/" + ((HttpTriggerAttribute)function.Trigger!).Route!.Replace("{nothing:maxlength(0)?}", "", StringComparison.Ordinal);
            var owners = patterns.Where(pattern => Covers(pattern.Path, route)).Select(pattern => pattern.Key).Distinct();
            Assert.Equal([function.Capability], owners);
        });
    }

    [Theory, MemberData(nameof(Installations))]
    public void A_function_is_enabled_only_in_apps_with_its_capability(string name)
    {
        var apps = Installation.Read(name).AppSettings;
        var topology = File.Topologies[apps.Count == 1 ? "monolith" : "microservices"];

        Assert.Equal(topology.Count, apps.Count);
        Assert.All(AllFunctions, function => Assert.Equal(
            topology.Where(app => app.Capabilities.Contains(function.Capability)).Select(app => app.Name).Order(),
            apps.Where(app => !app.Value.ContainsKey($"AzureWebJobs.{function.Name}.Disabled")).Select(app => app.Key.Split('-')[2]).Order()));
    }

    private static bool Covers(string pattern, string path) =>
        pattern.EndsWith("/*", StringComparison.Ordinal) ? path.StartsWith(pattern[..^1], StringComparison.Ordinal) : pattern == path;

    private sealed record CapabilitiesFile(IReadOnlyDictionary<string, Capability> Capabilities, IReadOnlyDictionary<string, IReadOnlyList<App>> Topologies);

    private sealed record Capability(IReadOnlyList<string> Functions, IReadOnlyList<string> Queues, IReadOnlyList<string> Paths);

    private sealed record App(string Name, IReadOnlyList<string> Capabilities);
}
