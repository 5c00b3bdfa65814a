using System.Text.RegularExpressions;

namespace ServerlessScale.Tests.Unit.Infra.Commands;

/// <summary>Runs the scripts in infra/hooks with a stand-in for az.</summary>
public sealed partial class HookTests : IDisposable
{
    private const string NotFound =
        "ERROR: (SecretNotFound) A secret with (name/id) a-key was not found in this key vault. If you recently deleted this secret you "
        + "may be able to recover it using the correct recovery command.\\nCode: SecretNotFound";

    private static readonly string[] Keys = ["orders-cursor-key", "webhooks-encryption-key", "webhooks-signing-key", "image-size-key"];

    private readonly StandIns _standIns = new();

    public static TheoryData<string> Shells => ["sh", "pwsh"];

    /// <summary>Failures of <c>az keyvault secret show</c> that do not mean that the key is missing.</summary>
    public static TheoryData<string, string> OtherFailures => [.. Shells.SelectMany(shell => ((string[])
    [
        "ERROR: (Forbidden) Caller is not authorized to perform action on resource.\\nCode: Forbidden",
        "ERROR: (Forbidden) Public network access is disabled and request is not from a trusted service nor via an approved private "
            + "link.\\nCode: Forbidden",
        "ERROR: (Throttled) Request was not processed because too many requests were received.\\nCode: Throttled",
        "ERROR: <urllib3.connection.HTTPSConnection object>: Failed to resolve kv-shop.vault.azure.net ([Errno -2] Name or service not "
            + "known)",
        "ERROR: Please run 'az login' to setup account.",
        "",
    ]).Select(error => ((string)shell, error)))];

    [Theory, MemberData(nameof(Shells))]
    public async Task Missing_keys_are_created_with_32_random_bytes(string shell)
    {
        _standIns.Add("az", $"""
            case "$call" in
              *"secret show"*) printf '{NotFound}\n' >&2; exit 3 ;;
              *"secret set"*) cp "$9" "$7" ;;
            esac
            """);

        var (exitCode, output) = await CreateKeysAsync(shell);

        Assert.True(exitCode == 0, output);
        var values = Keys.Select(key => File.ReadAllText(Path.Combine(_standIns.Folder.FullName, key))).ToArray();
        Assert.All(values[..2], value => Assert.Equal(32, Convert.FromBase64String(value).Length));
        Assert.StartsWith("whsk_", values[2], StringComparison.Ordinal);
        Assert.Equal(32, Convert.FromBase64String(values[2]["whsk_".Length..]).Length);
        Assert.StartsWith("k1.", values[3], StringComparison.Ordinal);
        Assert.Equal(32, Convert.FromBase64String(values[3]["k1.".Length..]).Length);
        Assert.Equal(4, values.Distinct().Count());
        // Other users of the machine can read arguments.
        Assert.DoesNotContain(_standIns.Calls.SelectMany(call => call), argument => values.Any(argument.Contains));
    }

    [Theory, MemberData(nameof(Shells))]
    public async Task Existing_keys_are_not_replaced(string shell)
    {
        _standIns.Add("az");

        var (exitCode, output) = await CreateKeysAsync(shell);

        Assert.True(exitCode == 0, output);
        Assert.Equal(Keys, _standIns.Calls.Select(call => call[Array.IndexOf(call, "--name") + 1]));
        Assert.All(_standIns.Calls, call => Assert.Equal("show", call[3]));
    }

    [Theory, MemberData(nameof(OtherFailures))]
    public async Task No_key_is_created_when_the_vault_gives_no_answer(string shell, string error)
    {
        _standIns.Add("az", $"printf '%b\\n' \"{error}\" >&2; exit 1");

        var (exitCode, output) = await CreateKeysAsync(shell);

        Assert.NotEqual(0, exitCode);
        // PowerShell wraps long messages.
        Assert.Contains("no key was created", WrappedLine().Replace(output, " "), StringComparison.Ordinal);
        Assert.Equal("show", Assert.Single(_standIns.Calls)[3]);
    }

    [Theory, MemberData(nameof(Shells))]
    public async Task The_script_fails_when_the_vault_refuses_a_new_key(string shell)
    {
        _standIns.Add("az", $"""
            case "$call" in
              *"secret show"*) printf '{NotFound}\n' >&2; exit 3 ;;
              *"secret set"*) echo "ERROR: (Conflict) Secret is currently in a deleted but recoverable state." >&2; exit 1 ;;
            esac
            """);

        var (exitCode, _) = await CreateKeysAsync(shell);

        Assert.NotEqual(0, exitCode);
        Assert.Equal(["show", "set"], _standIns.Calls.Select(call => call[3]));
    }

    [Theory, MemberData(nameof(Shells))]
    public async Task A_refresh_waits_until_every_reference_is_resolved(string shell)
    {
        _standIns.Add("az", """
            case "$call" in
              *"functionapp list"*) printf '/subscriptions/s/apps/one\n/subscriptions/s/apps/two\n' ;;
              *"--method get"*) [ -e "seen" ] || { touch seen; printf 'Orders__CursorKey\tSecretNotFound\n'; } ;;
            esac
            """);

        var (exitCode, output) = await RefreshAsync(shell);

        Assert.True(exitCode == 0, output);
        const string path = "/config/configreferences/appsettings";
        Assert.Equal(
            [
                $"post /subscriptions/s/apps/one{path}/refresh?api-version=2022-03-01",
                $"get /subscriptions/s/apps/one{path}?api-version=2022-03-01",
                $"get /subscriptions/s/apps/one{path}?api-version=2022-03-01",
                $"post /subscriptions/s/apps/two{path}/refresh?api-version=2022-03-01",
                $"get /subscriptions/s/apps/two{path}?api-version=2022-03-01",
            ],
            _standIns.Calls.Where(call => call[1] == "rest").Select(call => $"{call[3]} {call[5]}"));
    }

    [Theory, MemberData(nameof(Shells))]
    public async Task A_refresh_names_the_references_that_stay_unresolved(string shell)
    {
        _standIns.Add("az", """
            case "$call" in
              *"functionapp list"*) echo /subscriptions/s/apps/one ;;
              *"--method get"*) printf 'Orders__CursorKey\tAccessToKeyVaultDenied\n' ;;
            esac
            """);

        var (exitCode, output) = await RefreshAsync(shell);

        Assert.NotEqual(0, exitCode);
        Assert.Contains("These references of one are not resolved", output, StringComparison.Ordinal);
        Assert.Contains("AccessToKeyVaultDenied", output, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Shells))]
    public async Task A_refused_refresh_fails(string shell)
    {
        _standIns.Add("az", """
            case "$call" in
              *"functionapp list"*) echo /subscriptions/s/apps/one ;;
              *"--method post"*) echo "ERROR: Forbidden" >&2; exit 1 ;;
            esac
            """);

        var (exitCode, _) = await RefreshAsync(shell);

        Assert.NotEqual(0, exitCode);
    }

    [Fact]
    public async Task An_approval_waits_for_a_connection_that_appears_later()
    {
        // The first list is empty, the second contains a pending connection, and the third contains it approved.
        _standIns.Add("az", """
            case "$call" in
              *"functionapp show"*) echo /apps/one ;;
              *" approve "*) touch approved ;;
              *"private-endpoint-connection list"*)
                if [ -e approved ]; then printf 'Approved\t/connections/1\n'
                elif [ -e listed ]; then printf 'Pending\t/connections/1\n'
                else touch listed; fi ;;
            esac
            """);

        var (exitCode, output) = await _standIns.RunAsync("sh", "infra/hooks/approve-private-links.sh", "shop", "one");

        Assert.True(exitCode == 0, output);
        Assert.Equal(
            ["show", "list", "list", "approve", "list"],
            _standIns.Calls.Select(call => call[1] == "functionapp" ? call[2] : call[3]));
        Assert.Contains("/connections/1", _standIns.Calls.Single(call => call[3] == "approve"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("printf 'Rejected\\t/connections/1\\n'")]
    public async Task An_app_without_an_approved_connection_fails_the_approval(string connections)
    {
        _standIns.Add("az", $"""
            case "$call" in
              *"functionapp show"*) echo /apps/one ;;
              *"private-endpoint-connection list"*) {connections} ;;
            esac
            """);

        var (exitCode, output) = await _standIns.RunAsync("sh", "infra/hooks/approve-private-links.sh", "shop", "one");

        Assert.NotEqual(0, exitCode);
        Assert.Contains("one has no approved private connection", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("sh", "posix")]
    [InlineData("pwsh", "windows")]
    public async Task The_hook_of_azd_creates_the_keys_then_refreshes_the_apps(string shell, string system)
    {
        var hook = Hooks().Matches(Installation.Text("../azure.yaml")).Single(match => match.Groups["system"].Value == system);
        Assert.Equal(shell, hook.Groups["shell"].Value);
        // azd runs a hook whose text is not a path as a script of its own. It passes the outputs of the deployment as variables.
        var script = Path.Combine(_standIns.Folder.FullName, shell == "sh" ? "hook.sh" : "hook.ps1");
        await File.WriteAllTextAsync(script, Indentation().Replace(hook.Groups["run"].Value, ""), TestContext.Current.CancellationToken);
        _standIns.Variables["keyVaultName"] = "kv-shop";
        _standIns.Variables["resourceGroupName"] = "shop";
        _standIns.Add("az", """case "$call" in *"functionapp list"*) echo /apps/one ;; esac""");

        var (exitCode, output) = await _standIns.RunAsync(shell, script);

        Assert.True(exitCode == 0, output);
        Assert.Equal(
            ["keyvault kv-shop", "keyvault kv-shop", "keyvault kv-shop", "keyvault kv-shop", "functionapp shop", "rest post", "rest get"],
            _standIns.Calls.Select(call => $"{call[1]} {call[call[1] switch { "keyvault" => 5, "functionapp" => 4, _ => 3 }]}"));
    }

    public void Dispose() => _standIns.Dispose();

    private Task<(int ExitCode, string Output)> CreateKeysAsync(string shell) =>
        _standIns.RunAsync(shell, $"infra/hooks/create-missing-keys{Extension(shell)}", "kv-shop");

    private Task<(int ExitCode, string Output)> RefreshAsync(string shell) =>
        _standIns.RunAsync(shell, $"infra/hooks/refresh-key-references{Extension(shell)}", "shop");

    private static string Extension(string shell) => shell == "sh" ? ".sh" : ".ps1";

    [GeneratedRegex(
        @"^    (?<system>posix|windows):\n      shell: (?<shell>\w+)\n      run: \|\n(?<run>(        .*\n)+)", RegexOptions.Multiline)]
    private static partial Regex Hooks();

    [GeneratedRegex(@"[\s|]+")]
    private static partial Regex WrappedLine();

    [GeneratedRegex("^        ", RegexOptions.Multiline)]
    private static partial Regex Indentation();
}
