using Spectre.Console;

namespace ServerlessScale.Bench.Burst;

/// <summary>The burst in numbers.</summary>
internal static class Report
{
    public static void Write(IAnsiConsole console, BurstRecord record)
    {
        var table = new Table { Border = TableBorder.Markdown };
        table.AddColumn("");
        table.AddColumn(new TableColumn("").RightAligned());
        Row("requests", $"{record.Answers.Count}");
        Row("of these not answered 200 or 202", $"{record.Answers.Count(answer => answer.Status is not (200 or 202))}");
        Row("processes that answered", $"{record.Answers.Select(answer => answer.Instance).Distinct().Count(instance => instance.Length > 0)}");
        Row("answers that were a process's first (cold)", $"{record.Answers.Count(answer => answer.IsCold)}");
        Row("first answer after", Seconds(record.Answers.Min(answer => answer.Due + answer.Latency)));
        Row("most instances", $"{record.Samples.Max(sample => sample.Scale.Instances)}");
        Row("longest queue, messages", $"{record.Samples.Max(sample => sample.Scale.Messages)}");
        Row("queue empty after", Seconds(record.Samples.Where(sample => sample.Scale.Messages > 0).Select(sample => sample.At).DefaultIfEmpty().Max()));
        Row("no instance any more after", Seconds(record.Samples.Where(sample => sample.Scale.Ready > 0).Select(sample => sample.At).DefaultIfEmpty().Max()));
        var half = record.Duration / 2;
        Row("reads due in the first half: p50, p99", Percentiles(answer => !answer.IsUpload && answer.Due < half));
        Row("reads due in the second half: p50, p99", Percentiles(answer => !answer.IsUpload && answer.Due >= half));
        Row("uploads due in the second half: p50, p99", Percentiles(answer => answer.IsUpload && answer.Due >= half));
        console.Write(table);

        void Row(string name, string value) => table.AddRow(name, value);

        string Percentiles(Func<TimedAnswer, bool> which)
        {
            TimeSpan[] sorted = [.. record.Answers.Where(which).Select(answer => answer.Latency).Order()];
            return sorted.Length == 0 ? "-" : $"{Seconds(sorted[sorted.Length / 2])}, {Seconds(sorted[(int)Math.Ceiling(0.99 * sorted.Length) - 1])}";
        }
    }

    private static string Seconds(TimeSpan time) => FormattableString.Invariant($"{time.TotalSeconds:0.00} s");
}
