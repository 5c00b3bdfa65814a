namespace ServerlessScale.Tests.Unit.Infra;

/// <summary>Checks that invalid parameters stop a deployment with an error message before Azure resources are changed.</summary>
public sealed class ParameterTests(RefusedParameters refused) : IClassFixture<RefusedParameters>
{
    public static TheoryData<string, string> Reasons =>
        [.. RefusedParameters.Groups.SelectMany(group => group.Value.Select(change => (group.Key, change.Reason)))];

    [Theory, MemberData(nameof(Reasons))]
    public void The_error_for_invalid_parameters_states_the_reason(string group, string reason)
    {
        var (exitCode, output) = refused.Outcomes[group];

        Assert.NotEqual(0, exitCode);
        Assert.Contains(reason, output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_installation_can_omit_the_edge_the_database_and_the_cache()
    {
        using var template = new TemplateCopy();
        template.Change("dev.bicepparam", "edge = 'standard'", "edge = 'none'");
        template.Change("dev.bicepparam", "orders = {\n  kind: 'serverless'\n  region: { name: location, zoneRedundant: false }\n}", "orders = { kind: 'tables' }");

        var (exitCode, output) = await template.DeployAsync("dev.bicepparam", TestContext.Current.CancellationToken);

        Assert.True(exitCode == 0, output);
    }
}
