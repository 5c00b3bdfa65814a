using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace ServerlessScale.Tests.Unit.Infra;

/// <summary>Checks the compiled templates against security and operations policies.</summary>
public sealed partial class PolicyTests
{
    /// <summary>
    /// The resource types that have no diagnostics in Azure Monitor, and the types whose diagnostics belong to the parent resource.
    /// </summary>
    private static readonly string[] WithoutDiagnostics =
    [
        "Microsoft.Authorization/", "Microsoft.Consumption/", "Microsoft.Insights/", "Microsoft.ManagedIdentity/", "Microsoft.Network/privateDnsZones",
        "Microsoft.Network/privateEndpoints", "Microsoft.Network/FrontDoorWebApplicationFirewallPolicies", "Microsoft.Cdn/profiles/",
        "Microsoft.DocumentDB/databaseAccounts/", "Microsoft.Storage/storageAccounts/blobServices/", "Microsoft.Storage/storageAccounts/queueServices/",
        "Microsoft.Storage/storageAccounts/managementPolicies", "Microsoft.Web/sites/", "Microsoft.Cache/redisEnterprise/databases/",
    ];

    public static TheoryData<string> Installations => Installation.All;

    [Theory, MemberData(nameof(Installations))]
    public void Storage_accepts_only_Entra_identities_and_has_no_public_blobs(string name)
    {
        var accounts = Installation.Read(name).Of("Microsoft.Storage/storageAccounts").ToArray();

        Assert.Equal(2, accounts.Length);
        Assert.All(accounts, account =>
        {
            var properties = account["properties"]!;
            Assert.False(properties["allowSharedKeyAccess"]!.GetValue<bool>());
            Assert.False(properties["allowBlobPublicAccess"]!.GetValue<bool>());
            Assert.True(properties["supportsHttpsTrafficOnly"]!.GetValue<bool>());
        });
        Assert.All(
            Installation.Read(name).Of("Microsoft.Storage/storageAccounts/blobServices/containers"),
            container => Assert.Equal("None", container["properties"]!["publicAccess"]!.GetValue<string>()));
    }

    [Theory, MemberData(nameof(Installations))]
    public void Services_do_not_accept_keys_or_passwords(string name)
    {
        var installation = Installation.Read(name);

        Assert.All(
            installation.Of("Microsoft.DocumentDB/databaseAccounts"),
            account => Assert.True(account["properties"]!["disableLocalAuth"]!.GetValue<bool>()));
        Assert.All(
            installation.Of("Microsoft.Cache/redisEnterprise/databases"),
            cache => Assert.Equal("Disabled", cache["properties"]!["accessKeysAuthentication"]!.GetValue<string>()));
        Assert.All(
            installation.Of("Microsoft.Insights/components"),
            insights => Assert.True(insights["properties"]!["DisableLocalAuth"]!.GetValue<bool>()));
        Assert.All(
            installation.Of("Microsoft.Web/sites/basicPublishingCredentialsPolicies"),
            policy => Assert.False(policy["properties"]!["allow"]!.GetValue<bool>()));
    }

    [Theory, MemberData(nameof(Installations))]
    public void Every_TLS_endpoint_requires_version_1_2_or_later(string name)
    {
        var installation = Installation.Read(name);
        var minima = installation.Resources
            .SelectMany(resource => Properties(resource).Where(property => TlsMinimum().IsMatch(property.Name)))
            .Select(property => (property.Name, Value: property.Value.ToString()))
            .ToArray();

        Assert.All(minima, minimum => Assert.Contains(minimum.Value, (string[])["TLS1_2", "Tls12", "TLS12", "1.2", "TLS1_3", "Tls13", "1.3"]));
        // The expected number detects an endpoint that does not set a minimum version.
        var endpoints = installation.Of("Microsoft.Storage/storageAccounts").Count()
            + installation.Of("Microsoft.DocumentDB/databaseAccounts").Count()
            + installation.Of("Microsoft.Cache/redisEnterprise").Count()
            + installation.Of("Microsoft.Cdn/profiles/customDomains").Count()
            + (2 * installation.Of("Microsoft.Web/sites").Count());
        Assert.Equal(endpoints, minima.Length);
    }

    [Theory, MemberData(nameof(Installations))]
    public void Every_resource_that_supports_diagnostics_sends_diagnostics(string name)
    {
        var installation = Installation.Read(name);
        var watched = installation.Of("Microsoft.Insights/diagnosticSettings")
            .Select(setting => setting["id"]!.GetValue<string>())
            .Select(id => id[..id.IndexOf("/providers/Microsoft.Insights/diagnosticSettings", StringComparison.OrdinalIgnoreCase)])
            .ToHashSet(StringComparer.OrdinalIgnoreCase);

        var unwatched = installation.Resources
            .Where(resource => !WithoutDiagnostics.Any(prefix =>
                resource["type"]!.GetValue<string>().StartsWith(prefix, StringComparison.OrdinalIgnoreCase)))
            .Select(resource => resource["id"]!.GetValue<string>())
            .Where(id => !watched.Contains(id));

        Assert.Empty(unwatched);
    }

    [Theory, MemberData(nameof(Installations))]
    public void Every_app_has_an_identity_and_requires_HTTPS(string name)
    {
        var apps = Installation.Read(name).Of("Microsoft.Web/sites").ToArray();

        Assert.NotEmpty(apps);
        Assert.All(apps, app =>
        {
            Assert.Equal("UserAssigned", app["identity"]!["type"]!.GetValue<string>());
            Assert.Single(app["identity"]!["userAssignedIdentities"]!.AsObject());
            Assert.True(app["properties"]!["httpsOnly"]!.GetValue<bool>());
        });
    }

    [Theory, MemberData(nameof(Installations))]
    public void Every_app_accepts_requests_only_from_its_Front_Door(string name)
    {
        var installation = Installation.Read(name);
        var edge = Assert.Single(installation.Of("Microsoft.Cdn/profiles"))["id"]!.GetValue<string>();

        Assert.All(installation.Of("Microsoft.Web/sites"), app =>
        {
            var site = app["properties"]!["siteConfig"]!;
            Assert.Equal("Deny", site["ipSecurityRestrictionsDefaultAction"]!.GetValue<string>());
            Assert.All(site["ipSecurityRestrictions"]!.AsArray(), rule =>
            {
                Assert.Equal("AzureFrontDoor.Backend", rule!["ipAddress"]!.GetValue<string>());
                // Without the id, the rule would accept requests from any customer's Front Door.
                Assert.Contains(edge, Assert.Single(rule["headers"]!["x-azure-fdid"]!.AsArray())!.GetValue<string>(), StringComparison.Ordinal);
            });
        });
        Assert.All(installation.AppSettings.Values, settings => Assert.Contains(edge, settings["Edge__FrontDoorId"], StringComparison.Ordinal));
    }

    [Theory, MemberData(nameof(Installations))]
    public void The_identity_of_an_app_has_only_resource_scoped_data_roles(string name)
    {
        string[] allowed =
        [
            "3913510d-42f4-4e42-8a64-420c390055eb", // Monitoring Metrics Publisher
            "b7e6dc6d-f1e8-4753-8033-0f276bb0955b", // Storage Blob Data Owner, which the Functions host requires
            "ba92f5b4-2d11-453d-a403-e96b0029c9fe", // Storage Blob Data Contributor
            "974c5e8b-45b9-4653-ba55-5f855dd0fb88", // Storage Queue Data Contributor
            "0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3", // Storage Table Data Contributor
            "4633458b-17de-408a-b874-0445c86b69e6", // Key Vault Secrets User
        ];
        var assignments = Installation.Read(name).Of("Microsoft.Authorization/roleAssignments").ToArray();

        Assert.NotEmpty(assignments);
        Assert.All(assignments, assignment =>
        {
            Assert.Contains(assignment["properties"]!["roleDefinitionId"]!.GetValue<string>().Split('/')[^1], allowed);
            // The id of an assignment on a single resource contains the resource's provider and the assignment's provider.
            Assert.Equal(2, assignment["id"]!.GetValue<string>().Split("/providers/").Length - 1);
        });
    }

    [Theory, MemberData(nameof(Installations))]
    public void No_setting_or_output_contains_a_secret(string name)
    {
        var installation = Installation.Read(name);

        Assert.All(installation.AppSettings.Values.SelectMany(settings => settings), setting =>
        {
            Assert.DoesNotMatch(Secret(), setting.Value);
            if (SecretName().IsMatch(setting.Key) && setting.Value.Length > 0)
            {
                Assert.StartsWith("@Microsoft.KeyVault(", setting.Value, StringComparison.Ordinal);
            }
        });
        Assert.DoesNotMatch(Secret(), installation.Outputs.ToJsonString());
        Assert.DoesNotMatch(SecretName(), string.Join(' ', installation.Outputs.Select(output => output.Key.Replace("keyVaultName", "", StringComparison.Ordinal))));
    }

    [Theory, MemberData(nameof(Installations))]
    public void No_template_expression_reads_access_keys(string name)
    {
        Assert.All(Installation.Read(name).Resources, resource => Assert.DoesNotMatch(KeyFunction(), resource.ToJsonString()));
    }

    [Fact]
    public void Private_services_are_not_reachable_from_the_Internet()
    {
        var installation = Installation.Read("prod");
        string[] services = ["Microsoft.DocumentDB/databaseAccounts", "Microsoft.Cache/redisEnterprise", "Microsoft.KeyVault/vaults"];

        Assert.All(services, type =>
            Assert.Equal("Disabled", Assert.Single(installation.Of(type))["properties"]!["publicNetworkAccess"]!.GetValue<string>()));
        // The data account is public because clients on the Internet upload to it. The runtime's account is used only by the apps.
        Assert.Equal(
            ["Disabled", "Enabled"],
            installation.Of("Microsoft.Storage/storageAccounts")
                .OrderByDescending(account => account["name"]!.GetValue<string>(), StringComparer.Ordinal)
                .Select(account => account["properties"]!["publicNetworkAccess"]!.GetValue<string>()));
        Assert.All(installation.Of("Microsoft.Web/sites"), app =>
            Assert.NotNull(app["properties"]!["virtualNetworkSubnetId"]));
        Assert.All(installation.Of("Microsoft.Cdn/profiles/originGroups/origins"), origin =>
            Assert.Equal("sites", origin["properties"]!["sharedPrivateLinkResource"]!["groupId"]!.GetValue<string>()));
    }

    private static IEnumerable<(string Name, JsonNode Value)> Properties(JsonNode? node) => node switch
    {
        JsonObject item => item
            .Where(property => property.Value is not null)
            .SelectMany(property => Properties(property.Value).Prepend((property.Key, property.Value!))),
        JsonArray items => items.SelectMany(Properties),
        _ => [],
    };

    [GeneratedRegex("^(minimumTlsVersion|minimalTlsVersion|minTlsVersion|scmMinTlsVersion)$")]
    private static partial Regex TlsMinimum();

    [GeneratedRegex("AccountKey=|SharedAccessSignature|sig=|password=|whsec_|whsk_", RegexOptions.IgnoreCase)]
    private static partial Regex Secret();

    [GeneratedRegex("(Key|Keys__\\d+|Secret|Password|Token)$", RegexOptions.IgnoreCase)]
    private static partial Regex SecretName();

    [GeneratedRegex(@"\blist\w*\(", RegexOptions.IgnoreCase)]
    private static partial Regex KeyFunction();
}
