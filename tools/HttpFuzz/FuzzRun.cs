using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging;
using ServerlessScale.Local;

namespace ServerlessScale.HttpFuzz;

/// <summary>The answers to the requests for one operation.</summary>
internal sealed record OperationCounts(string Operation, IReadOnlyDictionary<Answer, int> Answers)
{
    public int Requests => Answers.Values.Sum();

    public int Of(Answer answer) => Answers.GetValueOrDefault(answer);
}

/// <summary>A rule that responses broke.</summary>
/// <param name="Kind">The operation and the rule.</param>
/// <param name="Count">The number of responses that broke the rule.</param>
/// <param name="First">The first of these requests, in one line.</param>
internal sealed record FuzzViolation(string Kind, int Count, string First);

/// <summary>The result of a run.</summary>
/// <param name="Operations">The answers by operation.</param>
/// <param name="Violations">The broken rules.</param>
/// <param name="HostRefusals">The number of requests that the host refused, by status and reason.</param>
internal sealed record FuzzResult(
    IReadOnlyList<OperationCounts> Operations, IReadOnlyList<FuzzViolation> Violations, IReadOnlyDictionary<string, int> HostRefusals);

/// <summary>Sends hostile requests for every operation of the API description to a local cloud, and judges the responses.</summary>
/// <param name="seed">Determines the requests.</param>
/// <param name="appDirectory">The folder of the built app. Null for the newest build.</param>
internal sealed partial class FuzzRun(int seed, string? appDirectory = null)
{
    /// <summary>The number of requests after which a worker creates new resources, because requests change and delete the old resources.</summary>
    private const int RequestsPerRound = 200;

    private const int Workers = 4;

    private readonly ConcurrentQueue<string> _errors = new();
    private readonly ConcurrentDictionary<string, ConcurrentDictionary<Answer, int>> _answers = new();
    private readonly ConcurrentDictionary<string, (int Count, string First)> _violations = new();
    private readonly ConcurrentDictionary<string, int> _refusals = new();
    private readonly ConcurrentDictionary<int, string> _inFlight = new();

    /// <param name="first">The number of the first request, to continue an earlier run.</param>
    /// <param name="count">The number of requests.</param>
    /// <param name="done">Receives the number of requests that were answered, after every 500 requests, on any thread.</param>
    /// <param name="cancellationToken">Stops the run.</param>
    public async Task<FuzzResult> RunAsync(int first, int count, Action<int> done, CancellationToken cancellationToken)
    {
        var description = Description.OfBuiltApp;
        using var log = new ErrorLog(_errors);
        using var loggers = LoggerFactory.Create(logging => logging.AddProvider(log));
        var cloud = await LocalCloud.StartAsync(
            new LocalCloudOptions
            {
                AppDirectory = appDirectory,
                AllowPrivateWebhooks = true,
                Loggers = loggers,
            },
            cancellationToken);
        var (next, answered) = (first - 1, 0);
        await using (cloud)
        {
            await Task.WhenAll(Enumerable.Range(0, Workers).Select(worker => Task.Run(
                async () =>
                {
                    using var client = cloud.CreateClient();
                    var shop = new FuzzShop(cloud, client, $"fuzz-{worker}");
                    var valid = new ValidRequests(description, shop);
                    using var connection = new RawConnection(cloud.BaseAddress);
                    for (var (sent, number) = (0, Interlocked.Increment(ref next)); number < first + count; sent++, number = Interlocked.Increment(ref next))
                    {
                        if (sent % RequestsPerRound == 0)
                        {
                            await shop.CreateAsync(sent / RequestsPerRound, cancellationToken);
                        }

                        await shop.PrepareAsync(description.Operations[number % description.Operations.Count].Id, cancellationToken);
                        await SendAsync(worker, number, description, valid, connection, cancellationToken);
                        if (Interlocked.Increment(ref answered) % 500 == 0)
                        {
                            done(answered);
                        }
                    }
                },
                cancellationToken)));

            // Queue functions may still handle the data of the last requests.
            await Task.Delay(TimeSpan.FromSeconds(3), cancellationToken);
            log.Close();
        }

        CollectErrors();
        return new(
            [
                .. description.Operations
                    .Where(operation => _answers.ContainsKey(operation.Id))
                    .Select(operation => new OperationCounts(operation.Id, _answers[operation.Id])),
            ],
            [
                .. _violations
                    .OrderBy(violation => violation.Key, StringComparer.Ordinal)
                    .Select(violation => new FuzzViolation(violation.Key, violation.Value.Count, violation.Value.First)),
            ],
            _refusals);
    }

    private async Task SendAsync(
        int worker, int number, Description description, ValidRequests valid, RawConnection connection, CancellationToken cancellationToken)
    {
        var operation = description.Operations[number % description.Operations.Count];
        var random = new Random(unchecked((seed * 1_000_003) + number));
        var (request, json) = valid.Create(operation, random, string.Create(CultureInfo.InvariantCulture, $"{seed}-{number}"));
        RequestMutations.Apply(request, json, operation, random);
        var text = string.Create(CultureInfo.InvariantCulture, $"--first {number} --count 1: {request.Describe()}");
        _inFlight[worker] = text;
        Verdict verdict;
        RawResponse? response = null;
        try
        {
            response = await connection.SendAsync(request, cancellationToken);
            verdict = Verdict.Of(description, operation, request, response);
        }
        catch (TimeoutException slow)
        {
            verdict = new(Answer.Violation, slow.Message);
        }

        _answers.GetOrAdd(operation.Id, _ => new()).AddOrUpdate(verdict.Answer, 1, (_, before) => before + 1);
        if (verdict is { Answer: Answer.RefusedByHost, Detail: { } refusal })
        {
            _refusals.AddOrUpdate(refusal, 1, (_, before) => before + 1);
        }
        else if (verdict.Detail is { } violation)
        {
            var body = response is null ? "" : Encoding.UTF8.GetString(response.Body.AsSpan(0, Math.Min(response.Body.Length, 400)));
            Add($"{operation.Id}: {violation}", $"{text} => {response?.Status} {body}");
        }

        CollectErrors();
    }

    /// <summary>Adds the errors in the log. The requests in progress are named, because an entry does not name its request.</summary>
    private void CollectErrors()
    {
        while (_errors.TryDequeue(out var entry))
        {
            var line = entry.ReplaceLineEndings(" ");
            var inFlight = string.Join(" || ", _inFlight.Values.Select(text => Shorten(text, 300)));
            Add($"log: {Shorten(Varying().Replace(line, "_"), 160)}", $"{Shorten(line, 1_500)} during {inFlight}");
        }
    }

    private static string Shorten(string text, int length) => text.Length <= length ? text : text[..length];

    /// <summary>Ids and numbers, which differ between log entries of the same kind.</summary>
    [GeneratedRegex("[0-9a-f]{8}-[0-9a-f-]{27}|[0-9]+")]
    private static partial Regex Varying();

    private void Add(string kind, string first) =>
        _violations.AddOrUpdate(kind, _ => (1, first), (_, before) => (before.Count + 1, before.First));
}
