using System.Diagnostics;
using ServerlessScale.Local.Build;

namespace ServerlessScale.Tests.Integration.Identity;

/// <summary>
/// Tests that the worker does not start with unsafe settings. With such settings, a worker would either reject every token or accept tokens
/// that anyone can forge.
/// </summary>
public sealed class StartUpTests
{
    private static readonly string Key = Convert.ToBase64String(new byte[32]);

    [Theory]
    [InlineData("Production", null, true, "DevelopmentSigningKey is set, but the environment is 'Production'")]
    [InlineData(null, null, true, "DevelopmentSigningKey is set, but the environment is 'Production'")]
    [InlineData("Production", null, false, "Authentication:Authority is missing")]
    [InlineData("Production", "http://login.example", false, "must be https")]
    [InlineData("Development", null, false, "the app would accept no token")]
    public async Task The_worker_does_not_start_with_unsafe_settings(string? environment, string? authority, bool key, string message)
    {
        var output = FunctionAppBuild.FindNewest(Repository.FindRoot());
        var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet")
        {
            WorkingDirectory = output,
            RedirectStandardError = true,
            RedirectStandardOutput = true,
            ArgumentList =
            {
                Path.Combine(output, "ServerlessScale.Functions.dll"),
                "--functions-uri", "http://127.0.0.1:1", "--functions-worker-id", "w", "--functions-request-id", "r",
                "--functions-grpc-max-message-length", "2147483647",
            },
        };
        foreach (var inherited in (string[])["AZURE_FUNCTIONS_ENVIRONMENT", "DOTNET_ENVIRONMENT", "ASPNETCORE_ENVIRONMENT"])
        {
            start.Environment.Remove(inherited);
        }

        start.Environment["AzureWebJobsStorage"] = "UseDevelopmentStorage=true";
        // In its own folder, the app would find the key that the build has written into local.settings.json.
        start.Environment["FUNCTIONS_APPLICATION_DIRECTORY"] = Path.Combine(output, "runtimes");
        start.Environment["AZURE_FUNCTIONS_ENVIRONMENT"] = environment;
        start.Environment["Authentication__Authority"] = authority;
        start.Environment["Authentication__DevelopmentSigningKey"] = key ? Key : null;

        using var worker = Process.Start(start)!;
        var errors = worker.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await worker.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await worker.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.NotEqual(0, worker.ExitCode);
        Assert.Contains(message, await errors, StringComparison.Ordinal);
        Assert.DoesNotContain(Key, await errors, StringComparison.Ordinal);
    }
}
