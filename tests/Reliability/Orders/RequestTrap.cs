using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace ServerlessScale.Tests.Reliability.Orders;

/// <summary>
/// Waits for a certain request of the worker to storage on behalf of one customer, and then does harm. Every step of the app's flows is
/// such a request, so that a trap reaches each step without test code in the app.
/// </summary>
internal class RequestTrap
{
    private readonly Lock _gate = new();
    private Armed? _armed;

    /// <param name="customer">The customer whose requests count.</param>
    /// <param name="step">The number of the request to strike, from 1; null strikes every request with the given name.</param>
    /// <param name="name">The name of the requests to strike, when <paramref name="step"/> is null.</param>
    /// <param name="afterwards">True lets storage carry the request out first, and drops its response; false keeps it from storage.</param>
    /// <param name="act">Does the harm and decides which response the worker gets.</param>
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

    /// <returns>Null when the request is not trapped.</returns>
    public async Task<Armed?> FindAsync(HttpRequest request)
    {
        if (Waiting is not { } armed || await NameOfAsync(request, armed.Customer) is not { } name)
        {
            return null;
        }

        return Strike(armed, name);
    }

    /// <summary>What the trap waits for; null when it is not armed.</summary>
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

    /// <returns>Null when this is not the request that the trap waits for.</returns>
    protected Armed? Strike(Armed armed, string name)
    {
        lock (_gate)
        {
            return armed == _armed && armed.Counts(name) ? armed : null;
        }
    }

    /// <returns>The name of the request, e.g. <c>POST event</c>; null when it is for another customer, or no step of a flow.</returns>
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
            // The deletion of an intent names the message and no customer. It is the worker's, because the host's deletions bypass the trap.
            return name;
        }

        request.EnableBuffering();
        using var reader = new StreamReader(request.Body, leaveOpen: true);
        var body = await reader.ReadToEndAsync(request.HttpContext.RequestAborted);
        request.Body.Position = 0;
        return WebUtility.UrlDecode(target).Contains(customer, StringComparison.Ordinal)
            || body.Contains(customer, StringComparison.Ordinal)
            || request.Headers["x-ms-documentdb-partitionkey"].ToString().Contains(customer, StringComparison.Ordinal)
                ? name
                : null;
    }

    internal sealed class Armed(string customer, int? step, string? name, bool afterwards, Action<HttpContext> act)
    {
        private readonly TaskCompletionSource<string> _struck = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _seen;
        private string? _hit;

        public string Customer => customer;

        public bool Afterwards => afterwards;

        /// <summary>Completes with the name of the struck request once the harm is done.</summary>
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
