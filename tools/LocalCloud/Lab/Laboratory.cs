using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using ServerlessScale.Local.Lab.Experiments;
using ServerlessScale.Local.Lab.Http;
using ServerlessScale.Local.Lab.Load;
using ServerlessScale.Local.Lab.State;
using ServerlessScale.Local.Lab.Topics;

namespace ServerlessScale.Local.Lab;

/// <summary>
/// The laboratory of a cloud: its state for people and scripts, and experiments that show the ideas of scaling on the running system. The
/// function app knows nothing of it.
/// </summary>
internal sealed class Laboratory : IAsyncDisposable
{
    private const int TokenBytes = 32;

    /// <summary>Several streams share one reading of the state.</summary>
    private static readonly TimeSpan StateValidity = TimeSpan.FromMilliseconds(100);

    private readonly LocalCloud _cloud;
    private readonly LabEndpoints _endpoints;
    private readonly LabPage _page = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _gate = new();
    private ExperimentRuns? _runs;
    private StateReader? _system;
    private StateReader? _guest;
    private LabState? _state;

    /// <param name="cloud">The cloud, which may still be starting.</param>
    public Laboratory(LocalCloud cloud)
    {
        _cloud = cloud;
        Token = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(TokenBytes));
        _endpoints = new(Token, AllExperiments.List, () => Volatile.Read(ref _runs), ReadState, _stopping.Token);
    }

    /// <summary>The bearer token for the endpoints.</summary>
    public string Token { get; }

    /// <summary>The runs of experiments.</summary>
    public ExperimentRuns Runs => _runs ?? throw new InvalidOperationException("The cloud is starting.");

    /// <summary>The simulated work of the instances.</summary>
    public SimulatedWorks Work { get; } = new();

    /// <summary>Accepts requests. Called when the cloud has started.</summary>
    public void Open()
    {
        var loggers = _cloud.Options.Loggers ?? NullLoggerFactory.Instance;
        _system = new("shop", _cloud);
        Volatile.Write(ref _runs, new(_cloud, TimeProvider.System, loggers.CreateLogger("LocalCloud.Lab")));
    }

    /// <summary>Handles the requests to the laboratory and its page, and passes on all other requests.</summary>
    public Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        var path = context.Request.Path;
        return path.StartsWithSegments(LabEndpoints.Prefix, StringComparison.Ordinal) ? _endpoints.HandleAsync(context)
            : path.StartsWithSegments(LabPage.Prefix, StringComparison.Ordinal) ? _page.HandleAsync(context)
            : next(context);
    }

    public LabState ReadState()
    {
        lock (_gate)
        {
            if (_state is { } known && DateTimeOffset.UtcNow - known.At < StateValidity)
            {
                return known;
            }

            var runs = Runs;
            var guest = runs.Guest;
            if (!ReferenceEquals(_guest?.Cloud, guest?.Cloud))
            {
                _guest = guest is var (name, cloud) ? new(name, cloud) : null;
            }

            var run = runs.Latest?.State;
            return _state = new()
            {
                At = DateTimeOffset.UtcNow,
                System = _system!.Read(),
                Guest = ReadGuest(),
                Dashboard = _cloud.Dashboard?.Address,
                Run = run is null ? null : new(run.Experiment, run.Id, Text(run.Status)),
                Events = _cloud.Observer!.Events.Latest(50),
            };
        }
    }

    /// <summary>Cancels the running experiment, undoes its changes, and ends the event streams.</summary>
    public async ValueTask DisposeAsync()
    {
        await (_runs?.DisposeAsync() ?? ValueTask.CompletedTask);
        await _stopping.CancelAsync();
    }

    private SystemState? ReadGuest()
    {
        try
        {
            return _guest?.Read();
        }
        catch (ObjectDisposedException)
        {
            // The temporary cloud has just been stopped.
            return null;
        }
    }

    private static string Text(RunStatus status) => char.ToLowerInvariant(status.ToString()[0]) + status.ToString()[1..];
}
