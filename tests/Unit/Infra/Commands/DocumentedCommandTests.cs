using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Markdig;
using Markdig.Syntax;
using ServerlessScale.SmokeTest.Commands;

namespace ServerlessScale.Tests.Unit.Infra.Commands;

/// <summary>
/// Runs every command of docs/operations.md, in the order of the page, with stand-ins for the programs that need Azure. The stand-in for az
/// returns distinct values, so that a command with the wrong variable is detected.
/// </summary>
public sealed partial class DocumentedCommandTests : IDisposable
{
    private static readonly string Root = Path.Combine(Installation.Folder, "..");

    private readonly StandIns _standIns = new();

    [Fact]
    public async Task Every_command_of_the_operations_page_has_valid_arguments()
    {
        await RunPageAsync();

        Assert.Empty(_standIns.Calls.Where(call => call[0] == "az").SelectMany(call => AzCommands.Check(call).Problems).Distinct());
    }

    [Fact]
    public async Task The_first_deployment_runs_its_steps_in_the_right_order()
    {
        await RunPageAsync();

        var steps = _standIns.Calls.Where(call => call[0] != "sh-environment").Select(call =>
            call[0] == "az" ? AzCommands.Check(call).Command : $"{call[0]} {call.ElementAtOrDefault(1)}");
        Assert.Equal(
            [
                "group create", "ad signed-in-user show", "deployment group what-if", "deployment group create",
                // The outputs do not exist before the deployment.
                "deployment group show", "deployment group show", "deployment group show",
                "keyvault secret show", "keyvault secret show", "keyvault secret show", "keyvault secret show",
                "functionapp list", "rest", "rest", "rest", "rest",
                "dotnet publish", "zip -q",
                "functionapp deployment source config-zip", "functionapp deployment source config-zip",
                "curl --fail",
            ],
            steps.SkipWhile(step => step != "group create").Take(21));
    }

    [Fact]
    public async Task The_commands_use_the_outputs_of_the_deployment()
    {
        await RunPageAsync();

        var calls = _standIns.Calls;
        Assert.All(
            calls.Where(call => call is ["az", "keyvault", "secret", ..]),
            call => Assert.Equal("kv-1", call[Array.IndexOf(call, "--vault-name") + 1]));
        var zips = calls.Where(call => call.Contains("config-zip")).ToArray();
        // A deployment and a rollback of both apps.
        Assert.Equal(["func-1", "func-2", "func-1", "func-2"], zips.Select(call => call[Array.IndexOf(call, "-n") + 1]));
        Assert.Contains(calls, call => call[0] == "curl" && call[^1] == "https://edge-1/api/health/ready");
        Assert.Contains(calls, call =>
            call is ["sh-environment", "https://login.microsoftonline.com/tenant-id/v2.0", "api-client-id", "user-1"]);
    }

    [Fact]
    public async Task A_rollback_ships_no_files_of_the_later_version()
    {
        await RunPageAsync();

        Assert.Equal(["./build-1", "./build-2"], File.ReadAllLines(Path.Combine(_standIns.Folder.FullName, "shipped")));
    }

    [Fact]
    public async Task The_smoke_test_gets_the_address_and_every_app()
    {
        await RunPageAsync();

        var call = Assert.Single(_standIns.Calls, call => call is ["dotnet", "run", "--project", "tools/SmokeTest", ..]);
        var parsed = CommandLine.Root(TextWriter.Null).Parse(
            [.. call.SkipWhile(argument => argument != "--").Skip(1), "--token", "a.b.c"]);
        Assert.Empty(parsed.Errors);
        Assert.Equal("https://edge-1", call[Array.IndexOf(call, "--url") + 1]);
        Assert.Equal(
            ["https://func-1.example.net", "https://func-2.example.net"],
            call.Zip(call.Skip(1)).Where(pair => pair.First == "--origin-url").Select(pair => pair.Second));
    }

    [Theory]
    [InlineData("true", "linux-x64")]
    [InlineData("", "")]
    public async Task Publishing_without_a_runtime_selects_the_runtime_of_Azure(string publishing, string runtime)
    {
        // `dotnet publish` sets _IsPublishing. azd publishes without --runtime (azure-dev, cli/azd/pkg/tools/dotnet).
        var (exitCode, output) = await _standIns.RunAsync(
            "dotnet",
            "msbuild", Path.GetFullPath(Path.Combine(Root, "src/Functions/Functions.csproj")), $"-p:_IsPublishing={publishing}",
            "-getProperty:RuntimeIdentifier,SelfContained,PublishReadyToRun");

        Assert.True(exitCode == 0, output);
        var properties = JsonNode.Parse(output)!["Properties"]!;
        Assert.Equal(runtime, properties["RuntimeIdentifier"]!.GetValue<string>());
        Assert.Equal(runtime.Length > 0 ? "true" : "", properties["PublishReadyToRun"]!.GetValue<string>());
        Assert.Equal("false", properties["SelfContained"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_new_cursor_key_is_followed_by_a_refresh_and_no_restart()
    {
        await RunPageAsync();

        var calls = _standIns.Calls.ToList();
        var rotation = calls.FindIndex(call => call is ["az", "keyvault", "secret", "set", ..] && call.Contains("orders-cursor-key"));
        Assert.Equal("functionapp list", AzCommands.Check(calls[rotation + 1]).Command);
        Assert.EndsWith("/refresh?api-version=2022-03-01", calls[rotation + 2][5], StringComparison.Ordinal);
        Assert.DoesNotContain(calls, call => call.Contains("restart"));
    }

    [Fact]
    public void The_README_and_the_operations_page_show_the_same_azd_commands()
    {
        var readme = Assert.Single(Blocks("README.md"), block => block.Contains("azd up", StringComparison.Ordinal));
        var operations = Assert.Single(Blocks("docs/operations.md"), block => block.Contains("azd up", StringComparison.Ordinal));

        Assert.Equal(operations, readme);
        Assert.Equal(["az login", "azd auth login"], readme.Split('\n').Take(2));
    }

    [Fact]
    public async Task The_stand_in_refuses_a_wrong_command()
    {
        _standIns.Add("az");

        await _standIns.RunAsync("bash", "-c", "az keyvault secret set -n name --vault kv --value ''; az functionapp reboot -n app");

        Assert.Equal(
            [
                "az keyvault secret set has no option --vault.", "az keyvault secret set needs --vault-name.",
                "az keyvault secret set gets an empty --value.", "az functionapp reboot is not in the list of commands.",
            ],
            _standIns.Calls.SelectMany(call => AzCommands.Check(call).Problems));
    }

    public void Dispose() => _standIns.Dispose();

    private async Task RunPageAsync()
    {
        _standIns.Add("az", """
            case "$call" in
              "ad app create"*shop-api*) echo api-client-id ;;
              "ad app create"*) echo pipeline-client-id ;;
              "ad sp create"*) echo pipeline-1 ;;
              "ad signed-in-user show"*) echo user-1 ;;
              *properties.outputs.uri.value*) echo https://edge-1 ;;
              *properties.outputs.keyVaultName.value*) echo kv-1 ;;
              *"properties.outputs.functionAppNames.value[]"*) printf 'func-1\nfunc-2\n' ;;
              "deployment group create"*) sh-environment "$SHOP_AUTHORITY" "$SHOP_AUDIENCE" "$AZURE_PRINCIPAL_ID" ;;
              "group show"*) echo /groups/shop ;;
              "functionapp list"*defaultHostName*) printf 'func-1.example.net\nfunc-2.example.net\n' ;;
              "functionapp list"*) printf '/apps/func-1\n/apps/func-2\n' ;;
              "functionapp show"*) echo /apps/one ;;
              "functionapp deployment source config-zip"*) case "$call" in *func-1*) cat package.zip >> shipped ;; esac ;;
              "network private-endpoint-connection list"*) printf 'Approved\t/connections/1\n' ;;
              "storage account list"*) echo strun1 ;;
              "storage message peek"*) echo 0 ;;
              "monitor log-analytics workspace show"*) echo workspace-1 ;;
              "identity show"*) echo identity-1 ;;
              "lock list"*) printf '/locks/1\n/locks/2\n' ;;
              "keyvault secret download"*) for last in "$@"; do :; done; echo old > "$last" ;;
            esac
            """);
        // Each build creates one more file. The zip file lists the files of the folder and keeps what it contained before.
        _standIns.Add("dotnet", """
            [ "$1" = publish ] || exit 0
            for last in "$@"; do :; done
            echo x >> builds
            mkdir -p "$last" && touch "$last/build-$(wc -l < builds | tr -d ' ')"
            """);
        _standIns.Add("zip", """cat >> "$4" """);
        foreach (var program in (string[])["azd", "gh", "git", "curl", "sh-environment"])
        {
            _standIns.Add(program);
        }

        _standIns.Variables["TOKEN"] = "token";
        _standIns.Variables["TEXT"] = "message";
        // -e and -u stop the script at a command that fails and at a variable that is not set yet.
        var script = "set -eu\n" + string.Join('\n', Blocks("docs/operations.md").Select(block =>
            Placeholder().Replace(block, match => match.Groups[1].Value.Replace(' ', '-'))));

        var (exitCode, output) = await _standIns.RunAsync("bash", "-c", script);

        Assert.True(exitCode == 0, output);
    }

    private static string[] Blocks(string document) => [.. Markdown.Parse(File.ReadAllText(Path.Combine(Root, document)))
        .Descendants<FencedCodeBlock>()
        .Where(block => block.Info is "bash" || document == "README.md")
        .Select(block => block.Lines.ToString().ReplaceLineEndings("\n"))];

    [GeneratedRegex("<([a-zA-Z ]+)>")]
    private static partial Regex Placeholder();
}
