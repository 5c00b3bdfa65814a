using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using ServerlessScale.Measurement;

namespace ServerlessScale.SmokeTest.Results;

/// <summary>The results of all checks of a shop.</summary>
internal sealed record Report(Uri Url, bool Passed, IReadOnlyList<CheckResult> Checks)
{
    public static Report Of(Uri url, IReadOnlyList<CheckResult> checks) =>
        new(url, checks.All(check => check.Status != CheckStatus.Failed), checks);

    public void WriteJson(TextWriter output) => output.WriteLine(JsonSerializer.Serialize(this, ReportJson.Default.Report));

    /// <summary>Writes a table with a row for each check, and below the table the problems of the failed checks.</summary>
    public void WriteTable(TextWriter output)
    {
        var table = new MarkdownTable("Check", "Result", "Detail", "Duration") { TextColumns = 3 };
        foreach (var check in Checks)
        {
            table.Add(
                check.Name, check.Status.ToString().ToLowerInvariant(), check.Detail,
                string.Create(CultureInfo.InvariantCulture, $"{check.DurationMs / 1000:0.00} s"));
        }

        table.Write(output);
        foreach (var check in Checks)
        {
            if (check.Problem is { } problem)
            {
                output.WriteLine();
                output.WriteLine($"{check.Name}: {problem.Title}");
                output.WriteLine($"  {problem.Detail}");
                if (problem.Pointer is { } pointer)
                {
                    output.WriteLine($"  pointer: {pointer}");
                }
            }
        }

        output.WriteLine();
        output.WriteLine(
            $"{Url}: {Count(CheckStatus.Ok)} ok, {Count(CheckStatus.Failed)} failed, {Count(CheckStatus.Skipped)} skipped.");
    }

    private int Count(CheckStatus status) => Checks.Count(check => check.Status == status);
}

[JsonSerializable(typeof(Report))]
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
internal sealed partial class ReportJson : JsonSerializerContext;
