using System.Text.Json.Nodes;
using ServerlessScale.Edge.Reading;
using ServerlessScale.Tests.Unit.Edge.Rules;

namespace ServerlessScale.Tests.Unit.Infra.Parity;

/// <summary>
/// Checks that LocalCloud's edge and Front Door handle requests identically. Front Door is interpreted from the compiled template.
/// </summary>
public sealed class ParityTests(LocalOutcomes local) : IClassFixture<LocalOutcomes>
{
    public static TheoryData<string, bool> Readings => [.. Installation.Names.SelectMany(name => (bool[])[true, false], (name, fullUris) => (name, fullUris))];

    public static TheoryData<string> Installations => Installation.All;

    [Theory, MemberData(nameof(Readings))]
    public void LocalCloud_and_Front_Door_handle_every_sample_request_identically(string installation, bool fullUris)
    {
        var frontDoor = new FrontDoorInterpreter(Installation.Read(installation).Resources, fullUris);

        var differences = SampleRequests.All
            .Select(request => (Request: request, Local: local.Of(installation, request), FrontDoor: frontDoor.Decide(request)))
            .Where(decisions => decisions.Local != decisions.FrontDoor)
            .Select(decisions => $"{decisions.Request}\n  LocalCloud: {decisions.Local}\n  Front Door: {decisions.FrontDoor}")
            .ToArray();

        Assert.Equal(200, SampleRequests.All.Count);
        Assert.True(differences.Length == 0, string.Join('\n', differences));
    }

    [Theory, MemberData(nameof(Installations))]
    public void The_sample_requests_detect_every_removed_template_element(string installation)
    {
        var complete = Installation.Read(installation).Resources;
        var frontDoor = new FrontDoorInterpreter(complete);
        var outcomes = SampleRequests.All.Select(frontDoor.Decide).ToArray();

        var undetected = Mutations.Of(complete)
            .Where(mutation => !SampleRequests.All.Index().Any(sample => Decide(mutation.Resources, sample.Item) != outcomes[sample.Index]))
            .Select(mutation => mutation.Name)
            .ToArray();

        Assert.True(undetected.Length == 0, string.Join('\n', undetected));
    }

    [Theory, MemberData(nameof(Installations))]
    public async Task LocalCloud_and_Front_Door_reject_the_same_writes_above_the_limit(string installation)
    {
        const int Limit = 10;
        var resources = Mutations.Copy(Installation.Read(installation).Resources);
        var rate = resources.SelectMany(resource => resource["properties"]?["customRules"]?["rules"]?.AsArray() ?? [])
            .Single(rule => rule!["ruleType"]!.GetValue<string>() == "RateLimitRule")!;
        var set = rate["rateLimitThreshold"]!.GetValue<int>();
        rate["rateLimitThreshold"] = Limit;
        var frontDoor = new FrontDoorInterpreter(resources);
        await using var edge = await RecordingEdge.StartAsync(
            LocalApps.Of(installation, RulesFile.With($"\"rateLimitThreshold\": {set}", $"\"rateLimitThreshold\": {Limit}")));
        var write = new SampleRequest
        {
            Host = "shop.example",
            Method = "POST",
            Target = "/api/orders",
            Headers = new Dictionary<string, string> { ["Authorization"] = "Bearer t" },
        };
        SampleRequest[] requests =
        [
            .. Enumerable.Repeat(write, Limit + 2), write with { Address = "192.0.2.2" }, write with { Method = "GET" },
        ];

        var refusals = new List<string?>();
        foreach (var request in requests)
        {
            refusals.Add((await edge.SendAsync(request)).Refusal);
        }

        Assert.Equal(requests.Select(request => frontDoor.Decide(request).Refusal), refusals);
        Assert.Equal([.. Enumerable.Repeat<string?>(null, Limit), "WriteRate", "WriteRate", null, null], refusals);
    }

    [Theory, MemberData(nameof(Installations))]
    public async Task Only_Front_Door_caches_responses_to_authorized_requests(string installation)
    {
        // docs/edge.md documents this difference. The test fails when the difference disappears.
        var request = new SampleRequest
        {
            Host = "shop.example",
            Method = "GET",
            Target = "/images/a1/960.webp",
            Headers = new Dictionary<string, string> { ["Authorization"] = "Bearer t" },
        };
        await using var edge = await RecordingEdge.StartAsync(LocalApps.Of(installation, EdgeRulesFile.Read(RulesFile.Path)));

        Assert.Null((await edge.SendAsync(request)).Cached);
        Assert.Equal(EdgeOutcome.ForTheSame(["s"]), new FrontDoorInterpreter(Installation.Read(installation).Resources).Decide(request).Cached);
    }

    [Theory, MemberData(nameof(Installations))]
    public void Plain_HTTP_is_redirected_to_TLS(string installation)
    {
        Assert.All(Installation.Read(installation).Of("Microsoft.Cdn/profiles/afdEndpoints/routes"), route =>
        {
            Assert.Equal("Enabled", route["properties"]!["httpsRedirect"]!.GetValue<string>());
            Assert.Equal("HttpsOnly", route["properties"]!["forwardingProtocol"]!.GetValue<string>());
        });
    }

    private static EdgeOutcome Decide(IReadOnlyList<JsonObject> resources, SampleRequest request) => new FrontDoorInterpreter(resources).Decide(request);
}
