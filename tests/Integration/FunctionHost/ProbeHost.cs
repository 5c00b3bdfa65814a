using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using ServerlessScale.FunctionHost;

namespace ServerlessScale.Tests.Integration.FunctionHost;

/// <summary>Runs the HTTP functions in tests/ProbeFunctions on FunctionHost, without LocalCloud and without storage.</summary>
public sealed class ProbeHost : IAsyncLifetime
{
    private readonly string _data = Directory.CreateTempSubdirectory("probe-host-").FullName;

    public FunctionAppHost Host { get; private set; } = null!;

    public HttpClient Http { get; private set; } = null!;

    /// <summary>App settings in addition to the one that disables a function.</summary>
    public Dictionary<string, string> Settings { get; } = [];

    /// <inheritdoc cref="FunctionAppHostOptions.Loggers"/>
    public ILoggerFactory Loggers { get; init; } = NullLoggerFactory.Instance;

    /// <inheritdoc cref="FunctionAppHostOptions.RestartTime"/>
    public TimeSpan RestartTime { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>The build output of tests/ProbeFunctions in the configuration and framework of this test project.</summary>
    public static string AppDirectory
    {
        get
        {
            var output = new DirectoryInfo(AppContext.BaseDirectory);
            var tests = output.Parent!.Parent!.Parent!.Parent!;
            return Path.Combine(tests.FullName, "ProbeFunctions", "bin", output.Parent.Name, output.Name);
        }
    }

    public async ValueTask InitializeAsync()
    {
        Host = await FunctionAppHost.StartAsync(
            new()
            {
                AppDirectory = AppDirectory,
                Settings = new Dictionary<string, string>(Settings) { ["AzureWebJobs.Disabled.Disabled"] = "true" },
                DataDirectory = _data,
                HttpOnly = true,
                RestartTime = RestartTime,
                Loggers = Loggers,
            },
            TestContext.Current.CancellationToken);
        Http = new HttpClient { BaseAddress = Host.Address };
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await Host.DisposeAsync();
        Directory.Delete(_data, recursive: true);
    }
}
