using Spectre.Console;

namespace ServerlessScale.ColdStart;

/// <summary>The two topologies side by side, for a terminal.</summary>
internal static class TopologyReport
{
    private const double MegaByte = 1_000_000;

    public static void Write(IAnsiConsole console, TopologyResult result)
    {
        console.Profile.Width = Math.Max(console.Profile.Width, 160);
        console.WriteLine(FormattableString.Invariant(
            $"package of every app: {result.Package.Zipped / MegaByte:0.0} MB zipped, {result.Package.Unpacked / MegaByte:0.0} MB unpacked"));
        var table = new Table { Border = TableBorder.Markdown };
        table.AddColumn("");
        foreach (var column in (string[])["functions", "to first answer, ms: min", "median", "p95", "processor, ms: median", "working set, MB: median"])
        {
            table.AddColumn(new TableColumn(column).RightAligned());
        }

        foreach (var app in result.Apps)
        {
            var total = Summary.Of(app.Starts.Select(start => start.Total));
            var processor = Summary.Of(app.Starts.Select(start => start.Processor));
            table.AddRow(
                app.Name, $"{app.Functions}", Whole(total.Min), Whole(total.Median), Whole(total.P95), Whole(processor.Median), Whole(Memory(app)));
        }

        console.Write(table);
        var (monolith, services) = (result.Apps[0], result.Apps.Skip(1).ToList());
        console.WriteLine(FormattableString.Invariant(
            $"one instance of each app: 1 worker process with {Memory(monolith):0} MB, or {services.Count} with {services.Sum(Memory):0} MB together"));
    }

    private static double Memory(AppStarts app)
    {
        long[] sorted = [.. app.Starts.Select(start => start.WorkingSet).Order()];
        return sorted[sorted.Length / 2] / MegaByte;
    }

    private static string Whole(double value) => FormattableString.Invariant($"{value:0}");
}
