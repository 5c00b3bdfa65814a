using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using ServerlessScale.FunctionHost;
using ServerlessScale.Local.Build;
using ServerlessScale.Local.Settings;
using ServerlessScale.Shared.Catalogue.Stores;
using ServerlessScale.Tests.Integration.Catalogue;

namespace ServerlessScale.Tests.Integration.Local;

/// <summary>
/// Tests what Azure Functions Core Tools need. Core Tools themselves are not installed: a script stands in for the program func, and
/// FunctionHost runs the app with the settings that Core Tools would pass on.
/// </summary>
public sealed class CoreToolsTests(Azurite azurite) : IClassFixture<Azurite>, IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("core-tools-test-").FullName;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <param name="firstStart">
    /// Whether this is the first start after a clone. Core Tools then pass on the settings of the sample, because they read the settings
    /// before they build.
    /// </param>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Settings_of_func_start_accept_tokens_of_the_token_command(bool firstStart)
    {
        var root = Repository.FindRoot();
        var settings = new Dictionary<string, string>(
            LocalSettings.Read(firstStart ? LocalSettings.SamplePathIn(root) : LocalSettings.PathIn(root)))
        {
            // The Azurite of the tests listens on other ports than UseDevelopmentStorage=true expects.
            ["AzureWebJobsStorage"] = azurite.ConnectionString,
        };
        await using var host = await FunctionAppHost.StartAsync(
            new() { AppDirectory = FunctionAppBuild.FindNewest(root), Settings = settings, DataDirectory = _folder }, Cancel);
        using var client = new HttpClient { BaseAddress = host.Address };
        var (exitCode, token, error) = await RunningCommand.CompleteAsync(["token"], Cancel);
        Assert.True(exitCode == 0, error);
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token.Trim());

        await KnownProducts.AddAsync(new TableProductStore(azurite.Tables), Cancel);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/orders")
        {
            Content = JsonContent.Create(new { currency = "EUR", lines = new[] { new { sku = "mug-1", quantity = 2, unitPrice = 1250 } } }),
            Headers = { { "Idempotency-Key", Guid.NewGuid().ToString() } },
        };
        using var placed = await client.SendAsync(request, Cancel);
        using var listed = await client.GetAsync("/api/orders", Cancel);

        Assert.Equal(HttpStatusCode.Created, placed.StatusCode);
        var id = (await placed.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("id").GetString()!;
        Assert.Contains(id, await listed.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Host_func_runs_func_start_with_the_settings(bool build)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The stand-in for func is a shell script.");
        var func = Path.Combine(_folder, "func");
        await File.WriteAllTextAsync(
            func, $"#!/bin/sh\npwd > {_folder}/cwd\necho \"$@\" > {_folder}/arguments\nenv > {_folder}/environment\n", Cancel);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(func, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        string[] arguments = ["--host", "func", "--data", Path.Combine(_folder, "data"), "--port", "7999"];

        var (exitCode, error) = await RunningCommand.FailAsync(build ? arguments : [.. arguments, "--no-build"], Cancel, firstOnPath: _folder);

        Assert.True(exitCode == 0, error);
        var root = Repository.FindRoot();
        Assert.Equal(build ? "start --port 7999" : "start --port 7999 --no-build", await LineAsync("arguments"));
        Assert.Equal(build ? FunctionAppBuild.ProjectFolder(root) : FunctionAppBuild.FindNewest(root), await LineAsync("cwd"));
        var environment = await File.ReadAllLinesAsync(Path.Combine(_folder, "environment"), Cancel);
        Assert.Contains("FUNCTIONS_WORKER_RUNTIME=dotnet-isolated", environment);
        Assert.Contains(environment, line => line.StartsWith("AzureWebJobsStorage=DefaultEndpointsProtocol=http;", StringComparison.Ordinal));
        Assert.Contains(environment, line => line.StartsWith("Authentication__DevelopmentSigningKey=", StringComparison.Ordinal) && line.Length > 80);
    }

    private async Task<string> LineAsync(string file) => (await File.ReadAllTextAsync(Path.Combine(_folder, file), Cancel)).Trim();
}
