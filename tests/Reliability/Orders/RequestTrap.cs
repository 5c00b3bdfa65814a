using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace ServerlessScale.Tests.Reliability.Orders;

/// <summary>
/// A trap for one request that the worker sends to storage for a given customer. When the request arrives, the trap runs an action that
/// causes a failure. Every step of the app is such a request, so a trap can interrupt each step without test code in the app.
/// </summary>
internal class RequestTrap
{
    /// <summary>The id of the item or row that lists the months of a customer.</summary>
    private const string MonthIndexId = "months";

    private readonly Lock _gate = new();
    private Armed? _armed;

    /// <param name="customer">The customer whose requests are trapped.</param>
    /// <param name="step">The number of the request to trap, starting at 1. If null, every request with the given name is trapped.</param>
    /// <param name="name">The name of the requests to trap if <paramref name="step"/> is null.</param>
    /// <param name="afterwards">
    /// If true, storage processes the request first, and the response is dropped. If false, the request does not reach storage.
    /// </param>
    /// <param name="act">Causes the failure and writes the response that the worker gets.</param>
    public Armed Arm(string customer, int? step, string? name, bool afterwards, Action<HttpContext> act)
    {
        lock (_gate)
        {
            return _armed = new Armed(customer, step, name, afterwards, act);
        }
    }

    public void Disarm()
    {
        lock (_gate)
        {
            _armed = null;
        }
    }

    /// <returns>The armed trap, or null if the request is not trapped.</returns>
    public async Task<Armed?> FindAsync(HttpRequest request)
    {
        if (Waiting is not { } armed || await NameOfAsync(request, armed.Customer) is not { } name)
        {
            return null;
        }

        return Strike(armed, name);
    }

    /// <summary>The current target of the trap, or null if the trap is not armed.</summary>
    protected Armed? Waiting
    {
        get
        {
            lock (_gate)
            {
                return _armed;
            }
        }
    }

    /// <returns>The armed trap, or null if the request is not its target.</returns>
    protected Armed? Strike(Armed armed, string name)
    {
        lock (_gate)
        {
            return armed == _armed && armed.Counts(name) ? armed : null;
        }
    }

    /// <returns>
    /// The name of the request, e.g. <c>POST event</c>. Null if the request belongs to another customer or is not a step of a flow.
    /// </returns>
    protected virtual async Task<string?> NameOfAsync(HttpRequest request, string customer)
    {
        var target = request.HttpContext.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        var name = target switch
        {
            _ when target.Contains("/order-intents/messages", StringComparison.Ordinal) => $"{request.Method} intent",
            _ when target.Contains("/events/messages", StringComparison.Ordinal) => $"{request.Method} event",
            _ when target.Contains("/$batch", StringComparison.Ordinal) || target.Contains("/%24batch", StringComparison.Ordinal) => "POST batch",
            _ when target.Contains("/Orders(", StringComparison.Ordinal) => $"{request.Method} row",
            _ when request.Headers.ContainsKey("x-ms-cosmos-is-batch-request") => "POST batch",
            _ when target.Contains("/docs", StringComparison.Ordinal) => $"{request.Method} row",
            _ => null,
        };
        if (name is null or "DELETE intent")
        {
            // A request that deletes an intent does not name the customer. It must come from the worker, because the host's requests bypass
            // the trap.
            return name;
        }

        var body = await BodyOfAsync(request);
        if (target.Contains(MonthIndexId, StringComparison.Ordinal) || body.Contains(MonthIndexId, StringComparison.Ordinal))
        {
            // An order adds its month to the customer's index while it sends its intent, so the position of these requests varies.
            return null;
        }

        return WebUtility.UrlDecode(target).Contains(customer, StringComparison.Ordinal)
            || body.Contains(customer, StringComparison.Ordinal)
            || request.Headers["x-ms-documentdb-partitionkey"].ToString().Contains(customer, StringComparison.Ordinal)
                ? name
                : null;
    }

    /// <summary>Reads the body without consuming it, so that the proxy can still forward the request.</summary>
    protected static async Task<string> BodyOfAsync(HttpRequest request)
    {
        request.EnableBuffering();
        using var reader = new StreamReader(request.Body, leaveOpen: true);
        var body = await reader.ReadToEndAsync(request.HttpContext.RequestAborted);
        request.Body.Position = 0;
        return body;
    }

    internal sealed class Armed(string customer, int? step, string? name, bool afterwards, Action<HttpContext> act)
    {
        private readonly TaskCompletionSource<string> _struck = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _seen;
        private string? _hit;

        public string Customer => customer;

        public bool Afterwards => afterwards;

        /// <summary>Completes with the name of the trapped request after the action has run.</summary>
        public Task<string> Struck => _struck.Task;

        public void Act(HttpContext context)
        {
            act(context);
            _struck.TrySetResult(_hit!);
        }

        internal bool Counts(string found)
        {
            _seen++;
            var hit = step is null ? found == name : _seen == step;
            if (hit)
            {
                _hit = found;
            }

            return hit;
        }
    }
}
