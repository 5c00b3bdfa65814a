using System.CommandLine;
using System.Globalization;
using ServerlessScale.HttpFuzz;
using ServerlessScale.Measurement;

namespace ServerlessScale.Bench.HttpFuzz;

/// <summary>The <c>http-fuzz</c> command, which sends hostile requests for every operation of the API description to a local cloud.</summary>
internal static class HttpFuzzCommand
{
    public static Command Create()
    {
        var seed = NumberOption.Create(
            "--seed", "Seed of the requests. The same seed always gives the same requests, except for the ids of resources.", 1, 0, int.MaxValue);
        var count = NumberOption.Create("--count", "Number of requests.", 50_000, 1, 100_000_000);
        var first = NumberOption.Create(
            "--first", "Number of the first request, to continue an earlier run or to repeat a single request.", 0, 0, 100_000_000);
        var command = new Command(
            "http-fuzz",
            "[10 minutes] Sends hostile requests for every operation of the API description to a local cloud. No response may have a status of 500 or "
            + "above, except a deliberate 503. Each refusal must be a described problem, and nothing may be logged as an error. The exit code "
            + "is 1 if a response or a log entry breaks a rule.")
        {
            seed, count, first,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var total = parsed.GetValue(count);
            var result = await ProgressDisplay.ShowAsync(async progress =>
            {
                var app = await ReleaseApp.BuildAsync(progress.Say, cancellationToken);
                progress.Begin(Math.Max(1, total / 500));
                return await new FuzzRun(parsed.GetValue(seed), app).RunAsync(
                    parsed.GetValue(first), total, done => progress.Step(string.Create(CultureInfo.InvariantCulture, $"{done:N0} requests")),
                    cancellationToken);
            });
            Write(result);
            return result.Violations.Count == 0 ? 0 : 1;
        });
        return command;
    }

    private static void Write(FuzzResult result)
    {
        var table = new MarkdownTable("Operation", "requests", "2xx, 3xx", "4xx", "503", "refused by the host", "violations");
        foreach (var operation in result.Operations.Append(Total(result.Operations)))
        {
            table.Add(
                operation.Operation, $"{operation.Requests:N0}", $"{operation.Of(Answer.Success):N0}", $"{operation.Of(Answer.Refused):N0}",
                $"{operation.Of(Answer.Unavailable):N0}", $"{operation.Of(Answer.RefusedByHost):N0}", $"{operation.Of(Answer.Violation):N0}");
        }

        table.Write(Console.Out);
        var refusals = result.HostRefusals.OrderByDescending(refusal => refusal.Value).Select(refusal => $"{refusal.Key} ({refusal.Value})");
        Console.WriteLine($"Refused by the host: {string.Join("; ", refusals)}.");
        foreach (var violation in result.Violations)
        {
            Console.WriteLine($"{violation.Kind} ({violation.Count}): {violation.First}");
        }
    }

    private static OperationCounts Total(IReadOnlyList<OperationCounts> operations) => new(
        "all", Enum.GetValues<Answer>().ToDictionary(answer => answer, answer => operations.Sum(operation => operation.Of(answer))));
}
