using System.Net.Mime;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;
using ServerlessScale.Local.Lab.Experiments;
using ServerlessScale.Local.Lab.State;

namespace ServerlessScale.Local.Lab.Http;

/// <summary>
/// The endpoints of the laboratory at the address of the edge, under <c>/_local</c>. They are handled before the edge's rules, so that the
/// product knows nothing of them.
/// </summary>
/// <param name="token">The bearer token.</param>
/// <param name="experiments">The experiments in the order in which they are listed.</param>
/// <param name="runs">The runs; null until the cloud has started.</param>
/// <param name="readState">Reads the state of the system.</param>
/// <param name="stopping">Ends the event streams.</param>
internal sealed class LabEndpoints(
    string token, IReadOnlyList<IExperiment> experiments, Func<ExperimentRuns?> runs, Func<LabState> readState, CancellationToken stopping)
{
    public const string Prefix = "/_local";

    private const int MaxBody = 16 * 1024;

    private readonly LabGuard _guard = new(token);

    /// <summary>Handles a request whose path begins with <see cref="Prefix"/>.</summary>
    public async Task HandleAsync(HttpContext context)
    {
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers.XContentTypeOptions = "nosniff";
        string[] path = [.. (context.Request.Path.Value ?? "").Split('/', StringSplitOptions.RemoveEmptyEntries).Skip(1)];
        if (path is ["session"])
        {
            await SessionAsync(context);
            return;
        }

        if (_guard.Refuse(context) is { } refusal)
        {
            await refusal.WriteAsync(context);
            return;
        }

        if (runs() is not { } all)
        {
            context.Response.Headers.RetryAfter = "1";
            await new LabProblem(
                StatusCodes.Status503ServiceUnavailable, "lab-starting", "The cloud is starting", "Send the request again.").WriteAsync(context);
            return;
        }

        await (path switch
        {
            ["state"] => OnlyAsync(context, "GET", () => WriteAsync(context, readState(), LabJson.Default.LabState)),
            ["events"] => OnlyAsync(context, "GET", () => new EventStream(readState, all, stopping).SendAsync(context)),
            ["experiments"] => OnlyAsync(context, "GET", () => WriteAsync(
                context, new([.. experiments.Select(each => each.Description)]), LabJson.Default.ExperimentList)),
            ["experiments", var name, "runs"] when Find(name) is { } experiment => OnlyAsync(
                context, "POST", () => StartAsync(context, experiment, all)),
            ["experiments", var name, "runs", var id] => RunAsync(context, name, id, all),
            _ => NotFoundAsync(context),
        });
    }

    /// <summary>
    /// Gives the token to the laboratory's own page. A browser sends Sec-Fetch-Site with the value same-origin only for requests of a page of
    /// this origin, and lets no other page read the response.
    /// </summary>
    private Task SessionAsync(HttpContext context) => OnlyAsync(context, "GET", () =>
    {
        if (LabGuard.RefuseOrigin(context) is { } refusal)
        {
            return refusal.WriteAsync(context);
        }

        return context.Request.Headers["Sec-Fetch-Site"] == "same-origin"
            ? WriteAsync(context, new(token), LabJson.Default.Session)
            : new LabProblem(
                StatusCodes.Status403Forbidden, "lab-origin-refused", "Pages of other origins are refused",
                "Only the laboratory's own page gets the token. Scripts use the token that LocalCloud prints when it starts.",
                "Sec-Fetch-Site").WriteAsync(context);
    });

    private static async Task StartAsync(HttpContext context, IExperiment experiment, ExperimentRuns runs)
    {
        var (request, problem) = await ReadAsync(context);
        if (problem is not null)
        {
            await problem.WriteAsync(context);
            return;
        }

        var given = request!.Options ?? new Dictionary<string, string>();
        if (OptionValues.TryParse(experiment.Description.Options, given, out var invalid) is not { } options)
        {
            await new LabProblem(
                StatusCodes.Status422UnprocessableEntity, "invalid-body", "The body is not valid", invalid!.Value.Reason,
                $"/options/{Escape(invalid.Value.Name)}").WriteAsync(context);
            return;
        }

        if (runs.TryStart(experiment, options) is not { } started)
        {
            await new LabProblem(
                StatusCodes.Status409Conflict, "experiment-running", "Another experiment is running",
                $"The experiment {runs.Latest?.State.Experiment} is running. Wait until it has ended, or cancel it.").WriteAsync(context);
            return;
        }

        var state = started.State;
        context.Response.StatusCode = StatusCodes.Status202Accepted;
        context.Response.Headers.Location = $"{Prefix}/experiments/{state.Experiment}/runs/{state.Id}";
        await WriteAsync(context, state, LabJson.Default.RunState);
    }

    private static async Task<(RunRequest? Request, LabProblem? Problem)> ReadAsync(HttpContext context)
    {
        if (context.Request.ContentLength is > MaxBody)
        {
            return (null, TooLarge());
        }

        var buffer = new byte[MaxBody + 1];
        var length = await context.Request.Body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, context.RequestAborted);
        if (length > MaxBody)
        {
            return (null, TooLarge());
        }

        if (length == 0)
        {
            return (new(), null);
        }

        try
        {
            return JsonSerializer.Deserialize(buffer.AsSpan(0, length), LabJson.Default.RunRequest) is { } request
                ? (request, null)
                : (null, Invalid("The body must be a JSON object.", ""));
        }
        catch (JsonException failure)
        {
            return (null, Invalid("The body must be a JSON object such as {\"options\":{\"lagMs\":\"50\"}}, in which all values are strings.", failure.Path ?? ""));
        }

        static LabProblem TooLarge() => new(
            StatusCodes.Status413PayloadTooLarge, "body-too-large", "The body is too large", $"The body may have at most {MaxBody} bytes.");

        static LabProblem Invalid(string detail, string path) => new(
            StatusCodes.Status400BadRequest, "malformed-json", "The body is not valid JSON", detail,
            path.StartsWith('$') ? path[1..].Replace('.', '/') : path);
    }

    private static Task RunAsync(HttpContext context, string name, string id, ExperimentRuns runs)
    {
        if (runs.Find(name, id) is not { } report)
        {
            return NotFoundAsync(context);
        }

        if (HttpMethods.IsDelete(context.Request.Method))
        {
            runs.Cancel(name, id);
            context.Response.StatusCode = StatusCodes.Status202Accepted;
            return WriteAsync(context, report.State, LabJson.Default.RunState);
        }

        return OnlyAsync(context, "GET, DELETE", () => WriteAsync(context, report.State, LabJson.Default.RunState));
    }

    private IExperiment? Find(string name) => experiments.FirstOrDefault(experiment => experiment.Description.Name == name);

    private static Task NotFoundAsync(HttpContext context) => new LabProblem(
        StatusCodes.Status404NotFound, "route-not-found", "There is no such resource",
        $"The laboratory has no resource {context.Request.Path}. GET {Prefix}/experiments lists the experiments.").WriteAsync(context);

    /// <summary>Handles the request if it has the first of the allowed methods; otherwise responds with 405.</summary>
    private static Task OnlyAsync(HttpContext context, string allowed, Func<Task> handle)
    {
        if (allowed.Split(", ")[0] == context.Request.Method)
        {
            return handle();
        }

        context.Response.Headers.Allow = allowed;
        return new LabProblem(
            StatusCodes.Status405MethodNotAllowed, "method-not-allowed", "Method not allowed", $"The allowed methods are: {allowed}.").WriteAsync(context);
    }

    private static Task WriteAsync<T>(HttpContext context, T value, JsonTypeInfo<T> type) =>
        context.Response.WriteAsJsonAsync(value, type, MediaTypeNames.Application.Json, context.RequestAborted);

    /// <summary>Escapes a name for a JSON Pointer (RFC 6901 section 3).</summary>
    private static string Escape(string name) => name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal);
}
