using System.Text.RegularExpressions;

namespace ServerlessScale.Tests.Unit.Infra;

/// <summary>
/// Checks that the apps' identity has exactly the roles and the settings that the documentation of each service asks for, and that
/// docs/operations.md ("What the host and the app need in Azure") names each of them with its source.
/// </summary>
public sealed partial class IdentityTests
{
    /// <summary>
    /// The role ids from learn.microsoft.com/azure/role-based-access-control/built-in-roles. Storage Blob Delegator, Storage Queue Data
    /// Reader and Message Processor are absent, because the Contributor roles contain their permissions.
    /// </summary>
    private static readonly Dictionary<string, string> Names = new()
    {
        ["b7e6dc6d-f1e8-4753-8033-0f276bb0955b"] = "Storage Blob Data Owner",
        ["ba92f5b4-2d11-453d-a403-e96b0029c9fe"] = "Storage Blob Data Contributor",
        ["974c5e8b-45b9-4653-ba55-5f855dd0fb88"] = "Storage Queue Data Contributor",
        ["0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3"] = "Storage Table Data Contributor",
        ["4633458b-17de-408a-b874-0445c86b69e6"] = "Key Vault Secrets User",
        ["3913510d-42f4-4e42-8a64-420c390055eb"] = "Monitoring Metrics Publisher",
    };

    /// <summary>The resources, named by the prefix of their name, and the roles that their documentation asks for.</summary>
    private static readonly (string Resource, string[] Roles)[] Required =
    [
        ("strun", ["Storage Blob Data Owner", "Storage Queue Data Contributor", "Storage Table Data Contributor"]),
        // The blob role contains generateUserDelegationKey, with which the app signs upload URLs. The key belongs to the whole account, so
        // the scope must be the account.
        ("stdata", ["Storage Blob Data Contributor", "Storage Table Data Contributor"]),
        ("kv-", ["Key Vault Secrets User"]),
        ("appi-", ["Monitoring Metrics Publisher"]),
    ];

    private static readonly string[] HostSettings =
    [
        "AzureWebJobsStorage__blobServiceUri", "AzureWebJobsStorage__clientId", "AzureWebJobsStorage__credential",
        "AzureWebJobsStorage__queueServiceUri", "AzureWebJobsStorage__tableServiceUri",
    ];

    public static TheoryData<string> Installations => Installation.All;

    [Theory, MemberData(nameof(Installations))]
    public void The_identity_has_exactly_the_documented_roles(string name)
    {
        var assignments = Installation.Read(name).Of("Microsoft.Authorization/roleAssignments")
            .Select(assignment => (
                Resource: assignment["id"]!.GetValue<string>().Split("/providers/")[^2].Split('/')[^1],
                Role: Names[assignment["properties"]!["roleDefinitionId"]!.GetValue<string>().Split('/')[^1]]))
            .ToArray();

        Assert.All(Required, required => Assert.Equal(
            required.Roles.Order(StringComparer.Ordinal),
            assignments.Where(assignment => assignment.Resource.StartsWith(required.Resource, StringComparison.Ordinal))
                .Select(assignment => assignment.Role)
                .Order(StringComparer.Ordinal)));
        Assert.Equal(Required.Sum(required => required.Roles.Length), assignments.Length);
    }

    [Theory, MemberData(nameof(Installations))]
    public void All_roles_belong_to_the_identity_of_the_apps(string name)
    {
        var installation = Installation.Read(name);
        var identity = Assert.Single(installation.Of("Microsoft.ManagedIdentity/userAssignedIdentities"))["id"]!.GetValue<string>();
        string[] types =
        [
            "Microsoft.Authorization/roleAssignments", "Microsoft.DocumentDB/databaseAccounts/sqlRoleAssignments",
            "Microsoft.Cache/redisEnterprise/databases/accessPolicyAssignments",
        ];

        Assert.All(types.SelectMany(installation.Of), assignment =>
            Assert.Contains($"'{identity}'", assignment["properties"]!.ToJsonString().Replace("\\u0027", "'", StringComparison.Ordinal), StringComparison.Ordinal));
        Assert.All(installation.Of("Microsoft.Web/sites"), app =>
        {
            Assert.Equal(identity, app["properties"]!["keyVaultReferenceIdentity"]!.GetValue<string>());
            Assert.Equal(
                identity,
                app["properties"]!["functionAppConfig"]!["deployment"]!["storage"]!["authentication"]!["userAssignedIdentityResourceId"]!.GetValue<string>());
        });
    }

    [Theory, MemberData(nameof(Installations))]
    public void Orders_and_carts_grant_access_to_data_only(string name)
    {
        var installation = Installation.Read(name);

        // 00000000-0000-0000-0000-000000000002 is Cosmos DB Built-in Data Contributor. Azure RBAC roles do not grant access to items.
        Assert.All(installation.Of("Microsoft.DocumentDB/databaseAccounts/sqlRoleAssignments"), assignment => Assert.EndsWith(
            "/sqlRoleDefinitions/00000000-0000-0000-0000-000000000002", assignment["properties"]!["roleDefinitionId"]!.GetValue<string>(), StringComparison.Ordinal));
        Assert.Equal(
            installation.Of("Microsoft.DocumentDB/databaseAccounts").Count(),
            installation.Of("Microsoft.DocumentDB/databaseAccounts/sqlRoleAssignments").Count());
        // Azure Managed Redis has only the access policy "default".
        Assert.All(installation.Of("Microsoft.Cache/redisEnterprise/databases/accessPolicyAssignments"), assignment =>
            Assert.Equal("default", assignment["properties"]!["accessPolicyName"]!.GetValue<string>()));
        Assert.Equal(
            installation.Of("Microsoft.Cache/redisEnterprise/databases").Count(),
            installation.Of("Microsoft.Cache/redisEnterprise/databases/accessPolicyAssignments").Count());
    }

    [Theory, MemberData(nameof(Installations))]
    public void The_host_reaches_its_storage_with_the_identity(string name)
    {
        var installation = Installation.Read(name);

        Assert.All(installation.AppSettings.Values, settings =>
        {
            // AzureWebJobsStorage itself would be a connection string, which takes precedence over the settings with a suffix.
            Assert.Equal(HostSettings, settings.Keys.Where(key => key.StartsWith("AzureWebJobsStorage", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
            Assert.Equal("managedidentity", settings["AzureWebJobsStorage__credential"]);
            Assert.Equal(settings["AZURE_CLIENT_ID"], settings["AzureWebJobsStorage__clientId"]);
            // Without a value, the scale controller and the host would look for keys in files of the app.
            Assert.DoesNotContain(settings.Keys, key => key is "WEBSITE_CONTENTAZUREFILECONNECTIONSTRING" or "AzureWebJobsSecretStorageType");
        });
    }

    [Fact]
    public void The_operations_page_names_each_role_and_setting_with_a_source()
    {
        var page = File.ReadAllText(Path.Combine(Installation.Folder, "../docs/operations.md"));
        var rows = TableSection().Match(page).Groups[1].Value.Split('\n').Where(line => line.StartsWith("| ", StringComparison.Ordinal)).Skip(1).ToArray();

        Assert.All(
            Names.Values.Concat(HostSettings.Select(setting => setting.Replace("AzureWebJobsStorage", "", StringComparison.Ordinal)))
                .Concat(["Cosmos DB Built-in Data Contributor", "`default`", "AZURE_CLIENT_ID", "keyVaultReferenceIdentity"]),
            expected => Assert.Contains(rows, row => row.Contains(expected, StringComparison.Ordinal)));
        Assert.All(rows, row => Assert.Contains("](https://", row, StringComparison.Ordinal));
    }

    [GeneratedRegex(@"### What the host and the app need in Azure\n(.*?)\n##", RegexOptions.Singleline)]
    private static partial Regex TableSection();
}
