using System.Diagnostics;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Http;
using ServerlessScale.Edge.Health;
using Yarp.ReverseProxy.Model;

namespace ServerlessScale.Edge.Forwarding;

/// <summary>
/// Detects origins that accept connections but have stopped responding, such as a stopped process. The operating system completes the
/// connections to such a process, so that only the missing responses show the problem. If an origin has sent no response to any request
/// for some time, it is probed. A probe without a response shows that the origin hangs. A probe with a response shows that the waiting request
/// is slow, and the request continues to wait.
/// </summary>
/// <param name="inner">The handler that sends the requests.</param>
/// <param name="limit">The time without the first byte of any response, after which an origin is probed.</param>
/// <param name="deliveries">Receives a report for each request that waits for a hung origin.</param>
internal sealed class SilenceDetection(HttpMessageHandler inner, TimeSpan limit, DeliveryFailures deliveries) : DelegatingHandler(inner)
{
    /// <summary>The option of a forwarded request that contains the client's request.</summary>
    public static readonly HttpRequestOptionsKey<HttpContext> ContextKey = new("SilenceDetection.Context");

    private static readonly ProbeRequests Probes = new();

    private readonly ConditionalWeakTable<DestinationModel, Pulse> _pulses = [];

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (!request.Options.TryGetValue(ContextKey, out var context) || context.GetReverseProxyFeature().ProxiedDestination is not { } destination)
        {
            return await SendProbeAsync(request, cancellationToken);
        }

        var pulse = _pulses.GetOrCreateValue(destination.Model);
        using var attempt = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var sending = base.SendAsync(request, attempt.Token);
        await WatchAsync(sending, pulse, context, destination, attempt);
        var response = await sending;
        pulse.Beat();
        return response;
    }

    /// <summary>Waits until the first byte of the response has arrived or the request has failed.</summary>
    /// <exception cref="OriginSilentException">The origin hangs, and the request should be sent to another origin.</exception>
    private async Task WatchAsync(
        Task<HttpResponseMessage> sending, Pulse pulse, HttpContext context, DestinationState destination, CancellationTokenSource attempt)
    {
        var started = Stopwatch.GetTimestamp();
        var isReported = false;
        while (!sending.IsCompleted && !attempt.IsCancellationRequested)
        {
            var remaining = limit - Stopwatch.GetElapsedTime(Math.Max(started, pulse.Last));
            if (remaining > TimeSpan.Zero)
            {
                await Task.WhenAny(sending, Task.Delay(remaining + TimeSpan.FromMilliseconds(1), attempt.Token));
                continue;
            }

            var check = pulse.CheckAsync(limit, () => ProbeAsync(context, destination));
            await Task.WhenAny(sending, check);
            if (sending.IsCompleted || await check)
            {
                continue;
            }

            if (!isReported)
            {
                isReported = true;
                deliveries.Silent(context.GetRouteModel().Cluster!, destination);
            }

            if (SafeRetries.LeavesSilentOrigin(context))
            {
                await attempt.CancelAsync();
                _ = sending.ContinueWith(
                    static end =>
                    {
                        // The response may have arrived just before the cancellation. Reading the exception marks it as observed.
                        (end.IsCompletedSuccessfully ? end.Result : null)?.Dispose();
                        _ = end.Exception;
                    },
                    TaskScheduler.Default);
                throw new OriginSilentException();
            }

            // The request cannot be sent to another origin, so it waits until the origin responds or the request times out.
            await Task.WhenAny(sending, Task.Delay(limit, attempt.Token));
        }
    }

    /// <returns>Whether the origin has responded, with any status.</returns>
    private async Task<bool> ProbeAsync(HttpContext context, DestinationState destination)
    {
        var cluster = context.GetReverseProxyFeature().Cluster;
        using var timeout = new CancellationTokenSource(cluster.Config.HealthCheck!.Active!.Timeout!.Value);
        using var probe = Probes.CreateRequest(cluster, destination.Model);
        try
        {
            using var response = await SendProbeAsync(probe, timeout.Token);
            return true;
        }
        catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException)
        {
            return false;
        }
    }

    private async Task<HttpResponseMessage> SendProbeAsync(HttpRequestMessage probe, CancellationToken cancellationToken)
    {
        var response = await base.SendAsync(probe, cancellationToken);
        if (probe.Options.TryGetValue(ProbeRequests.DestinationKey, out var destination))
        {
            _pulses.GetOrCreateValue(destination).Beat();
        }

        return response;
    }

    /// <summary>The signs of life of an origin.</summary>
    private sealed class Pulse
    {
        private readonly Lock _gate = new();
        private long _last;
        private long _checked;
        private Task<bool>? _check;

        /// <summary>The time of the last response, as a <see cref="Stopwatch"/> timestamp.</summary>
        public long Last => Volatile.Read(ref _last);

        public void Beat() => Volatile.Write(ref _last, Stopwatch.GetTimestamp());

        /// <summary>
        /// Returns the result of a probe. All waiting requests share one probe, and its result applies until <paramref name="validity"/> has
        /// passed.
        /// </summary>
        public Task<bool> CheckAsync(TimeSpan validity, Func<Task<bool>> probe)
        {
            lock (_gate)
            {
                if (_check is null || (_check.IsCompleted && (_check.Result || Stopwatch.GetElapsedTime(_checked) > validity + validity)))
                {
                    _checked = Stopwatch.GetTimestamp();
                    _check = probe();
                }

                return _check;
            }
        }
    }
}
