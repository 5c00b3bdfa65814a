using ServerlessScale.Local;
using ServerlessScale.Local.Build;
using ServerlessScale.Local.Processes;

namespace ServerlessScale.Tests.Integration.Clients;

/// <summary>The complete system, configured to allow webhooks to receivers on this machine.</summary>
public sealed class ClientCloud : IAsyncLifetime
{
    /// <summary>The root of the repository, which contains the examples.</summary>
    public static readonly string Root = Repository.FindRoot(AppContext.BaseDirectory)!;

    public LocalCloud Cloud { get; private set; } = null!;

    /// <summary>The address without a slash at its end.</summary>
    public string Address => Cloud.BaseAddress.GetLeftPart(UriPartial.Authority);

    public async ValueTask InitializeAsync() =>
        Cloud = await LocalCloud.StartAsync(new LocalCloudOptions { AllowPrivateWebhooks = true }, TestContext.Current.CancellationToken);

    public ValueTask DisposeAsync() => Cloud.DisposeAsync();

    /// <summary>Runs a program of bash with a new customer's token, and fails the test unless the program succeeds.</summary>
    /// <param name="arguments">The arguments of bash.</param>
    /// <param name="folder">The folder in which the program runs.</param>
    /// <param name="variables">Further environment variables.</param>
    /// <returns>The lines that the program printed.</returns>
    public async Task<IReadOnlyList<string>> RunBashAsync(string[] arguments, string folder, params string[] variables)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The program needs bash.");
        var run = await ToolRun.CompleteAsync(
            "env",
            [$"SHOP={Address}", $"TOKEN={Cloud.Token(NewCustomer())}", .. variables, "bash", .. arguments],
            folder,
            onLine: null,
            TestContext.Current.CancellationToken);
        Assert.True(run.ExitCode == 0, $"Exit code {run.ExitCode}:\n{string.Join('\n', run.Lines)}");
        return run.Lines;
    }

    public static string NewCustomer() => "customer-" + Guid.NewGuid().ToString("N");
}
