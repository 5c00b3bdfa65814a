using System.Text.RegularExpressions;
using ServerlessScale.Local.Processes;

namespace ServerlessScale.Local.Dashboard;

/// <summary>
/// The Aspire dashboard on the loopback interface. It receives traces, metrics and logs over OTLP, keeps them in memory, and shows them on its
/// page. It requires no sign-in, so every user of this machine can read the telemetry. It ends when this process ends for any reason.
/// </summary>
public sealed partial class DashboardProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(15);

    /// <summary>The settings of the dashboard. The operating system selects free ports.</summary>
    private static readonly Dictionary<string, string> Settings = new()
    {
        ["ASPNETCORE_URLS"] = "http://127.0.0.1:0",
        ["DOTNET_DASHBOARD_OTLP_ENDPOINT_URL"] = "http://127.0.0.1:0",
        ["DOTNET_DASHBOARD_UNSECURED_ALLOW_ANONYMOUS"] = "true",
        ["ASPNETCORE_ENVIRONMENT"] = "Production",
    };

    private readonly LeashedProcess _process;
    private readonly TaskCompletionSource<Uri> _page = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<Uri> _collector = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private DashboardProcess(string program, string node)
    {
        string[] arguments = [Path.Combine(AppContext.BaseDirectory, "Processes", "run-leashed.cjs"), program];
        _process = new LeashedProcess(
            "The Aspire dashboard", node, arguments, Path.GetDirectoryName(program)!, StopTimeout, onStart: _ => { }, Take, Settings);
    }

    /// <summary>The address of the dashboard's page.</summary>
    public Uri Address => _page.Task.Result;

    /// <summary>The address that accepts OTLP over gRPC.</summary>
    public Uri CollectorAddress => _collector.Task.Result;

    /// <summary>The app settings that make the workers export to this dashboard.</summary>
    public IReadOnlyDictionary<string, string> AppSettings => new Dictionary<string, string>
    {
        ["OTEL_EXPORTER_OTLP_ENDPOINT"] = CollectorAddress.AbsoluteUri,
        ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "grpc",

        // By default, spans and logs are exported every five seconds, and metrics every minute. A developer waits for them.
        ["OTEL_BSP_SCHEDULE_DELAY"] = "1000",
        ["OTEL_BLRP_SCHEDULE_DELAY"] = "1000",
        ["OTEL_METRIC_EXPORT_INTERVAL"] = "5000",
    };

    /// <summary>
    /// Completes after <see cref="DisposeAsync"/>. If the dashboard ends by itself, the task fails with a <see cref="LocalCloudException"/>
    /// that quotes the last lines of output.
    /// </summary>
    public Task Completion => _process.Completion;

    /// <summary>Installs the dashboard if necessary, starts it, and waits until it listens.</summary>
    /// <param name="cacheRoot">The folder in which the dashboard is installed.</param>
    /// <param name="progress">Called with human-readable messages during the installation; null for none.</param>
    /// <param name="cancellationToken">Cancels the start.</param>
    /// <exception cref="LocalCloudException">The dashboard cannot be installed or started.</exception>
    public static async Task<DashboardProcess> StartAsync(string cacheRoot, Action<string>? progress, CancellationToken cancellationToken)
    {
        var program = await DashboardInstallation.EnsureAsync(cacheRoot, progress, cancellationToken: cancellationToken);
        var node = ExecutableSearch.Find("node")
            ?? throw new LocalCloudException("node was not found on the PATH. LocalCloud needs Node.js 18 or later.");
        var dashboard = new DashboardProcess(program, node);
        await dashboard._process.WaitUntilAsync(
            Task.WhenAll(dashboard._page.Task, dashboard._collector.Task), "The Aspire dashboard did not listen", StartTimeout, dashboard,
            cancellationToken);
        return dashboard;
    }

    public ValueTask DisposeAsync() => _process.DisposeAsync();

    private void Take(string line)
    {
        if (ListeningLine().Match(line) is { Success: true } match)
        {
            (match.Groups["what"].Value == "Now" ? _page : _collector).TrySetResult(new Uri(match.Groups["address"].Value));
        }
    }

    [GeneratedRegex(@"^\s*(?<what>Now|OTLP/gRPC) listening on: (?<address>http://\S+)$")]
    private static partial Regex ListeningLine();
}
