// What the edge's cache takes off the app: a thousand clients ask for one variant at once.
//   dotnet run -c Release --project bench/EdgeCache [clients]
using System.Globalization;
using ServerlessScale.Bench.EdgeCache;
using Spectre.Console;

var clients = args is [var given] && int.TryParse(given, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0
    ? number
    : 1_000;

// One cloud after the other on the same machine, with the same photograph.
IReadOnlyList<Wave> waves =
[
    .. await Waves.MeasureAsync("no edge", edge: false, cached: false, clients),
    .. await Waves.MeasureAsync("edge, route without a cache", edge: true, cached: false, clients),
    .. await Waves.MeasureAsync("edge with its cache", edge: true, cached: true, clients),
];

var table = new Table { Border = TableBorder.Markdown };
table.AddColumn($"{clients:N0} GETs of one variant at once");
foreach (var column in (string[])["answered 200", "reached the app", "p50 ms", "p99 ms", "all ms"])
{
    table.AddColumn(new TableColumn(column).RightAligned());
}

foreach (var wave in waves)
{
    table.AddRow(
        wave.Name, $"{wave.Answered:N0}", $"{wave.AppRequests:N0}", $"{wave.Percentile(0.5):N0}", $"{wave.Percentile(0.99):N0}", $"{wave.All:N0}");
}

AnsiConsole.Console.Profile.Width = 10_000;
AnsiConsole.Write(table);
