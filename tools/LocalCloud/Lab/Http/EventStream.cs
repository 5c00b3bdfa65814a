using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using ServerlessScale.Local.Lab.Experiments;
using ServerlessScale.Local.Lab.State;

namespace ServerlessScale.Local.Lab.Http;

/// <summary>
/// A stream of server-sent events (WHATWG HTML section 9.2): <c>state</c> with the state of the system, <c>run</c> with the running
/// experiment, and <c>event</c> with each event. The state and the run are sent only if they have changed, at most four times per second.
/// </summary>
/// <param name="readState">Reads the state of the system.</param>
/// <param name="runs">The runs of experiments.</param>
/// <param name="stopping">Ends the stream.</param>
internal sealed class EventStream(Func<LabState> readState, ExperimentRuns runs, CancellationToken stopping)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    /// <summary>The interval of comments, which show that the connection is alive while nothing changes.</summary>
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(15);

    public async Task SendAsync(HttpContext context)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping);
        var response = context.Response;
        response.ContentType = "text/event-stream";
        var lastEvent = long.TryParse(context.Request.Headers["Last-Event-ID"], CultureInfo.InvariantCulture, out var id) ? id : -1;
        byte[] lastState = [];
        (string Run, int Version) lastRun = default;
        var sent = DateTimeOffset.UtcNow;
        using var timer = new PeriodicTimer(Interval);
        try
        {
            do
            {
                var text = new StringBuilder();
                var state = readState();
                foreach (var each in lastEvent < 0 ? [] : state.Events.Where(each => each.Id > lastEvent))
                {
                    Append(text, "event", JsonSerializer.Serialize(each, LabJson.Default.LabEvent), each.Id);
                }

                lastEvent = state.Events.Count > 0 ? state.Events[^1].Id : Math.Max(lastEvent, 0);
                var content = JsonSerializer.SerializeToUtf8Bytes(state with { At = default }, LabJson.Default.LabState);
                if (!content.AsSpan().SequenceEqual(lastState))
                {
                    lastState = content;
                    Append(text, "state", JsonSerializer.Serialize(state, LabJson.Default.LabState));
                }

                if (runs.Latest is { } run && (run.State.Id, run.Version) is var version && version != lastRun)
                {
                    lastRun = version;
                    Append(text, "run", JsonSerializer.Serialize(run.State, LabJson.Default.RunState));
                }

                if (text.Length == 0 && DateTimeOffset.UtcNow - sent > Heartbeat)
                {
                    text.Append(": alive\n\n");
                }

                if (text.Length > 0)
                {
                    sent = DateTimeOffset.UtcNow;
                    await response.WriteAsync(text.ToString(), ended.Token);
                    await response.Body.FlushAsync(ended.Token);
                }
            }
            while (await timer.WaitForNextTickAsync(ended.Token));
        }
        catch (Exception failure) when (failure is OperationCanceledException or IOException)
        {
            // The client has disconnected, or the cloud is being stopped.
        }
    }

    private static void Append(StringBuilder text, string name, string json, long? id = null)
    {
        if (id is { } number)
        {
            text.Append(CultureInfo.InvariantCulture, $"id: {number}\n");
        }

        text.Append(CultureInfo.InvariantCulture, $"event: {name}\ndata: {json}\n\n");
    }
}
