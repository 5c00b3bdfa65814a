using System.Text.RegularExpressions;

namespace ServerlessScale.Tests.Integration.Clients;

/// <summary>Follows docs/clients.md, in which a reader generates a TypeScript client and receives a signed webhook.</summary>
public sealed partial class TypeScriptClientTests(ClientCloud cloud) : IClassFixture<ClientCloud>
{
    private const string DocumentedAddress = "http://127.0.0.1:7071";
    private const string DocumentedToken = "$(dotnet run --project tools/LocalCloud -- token)";

    private const string DocumentedKey = "$(dotnet run --project tools/LocalCloud -- size-key)";

    [Fact]
    public async Task The_documented_steps_lead_to_a_verified_delivery()
    {
        var page = await File.ReadAllTextAsync(Path.Combine(ClientCloud.Root, "docs", "clients.md"), TestContext.Current.CancellationToken);
        var steps = string.Join('\n', ShellBlock().Matches(page).Select(block => block.Groups[1].Value));
        Assert.Contains(DocumentedAddress, steps, StringComparison.Ordinal);
        Assert.Contains(DocumentedToken, steps, StringComparison.Ordinal);
        Assert.Contains(DocumentedKey, steps, StringComparison.Ordinal);
        var script = steps.Replace(DocumentedAddress, cloud.Address, StringComparison.Ordinal)
            .Replace(DocumentedToken, cloud.Cloud.Token(ClientCloud.NewCustomer()), StringComparison.Ordinal)
            .Replace(DocumentedKey, cloud.Cloud.SizeKey, StringComparison.Ordinal);
        var copy = Directory.CreateTempSubdirectory("shop-client-").FullName;
        try
        {
            CopyExample(copy);

            // npm downloads only the packages that its cache does not contain.
            var lines = await cloud.RunBashAsync(["-euo", "pipefail", "-c", script], copy, "npm_config_prefer_offline=true", "npm_config_audit=false", "npm_config_fund=false");

            Assert.Contains("size w300-h300-cover-x50y30.webp has the type image/webp", lines);
            Assert.StartsWith("verified order.created for order ord_", lines[^1], StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(copy, recursive: true);
        }
    }

    /// <summary>Copies the example without its packages, so that the test does not write to the working tree.</summary>
    private static void CopyExample(string root)
    {
        foreach (var file in Directory.EnumerateFiles(Path.Combine(ClientCloud.Root, "examples", "typescript")).Append(Path.Combine(ClientCloud.Root, "docs", "sample.jpg")))
        {
            var target = Path.Combine(root, Path.GetRelativePath(ClientCloud.Root, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }

    [GeneratedRegex("^```bash\n(.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex ShellBlock();
}
