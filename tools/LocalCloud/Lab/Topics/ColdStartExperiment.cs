using ServerlessScale.FunctionHost;
using ServerlessScale.Local.Lab.Experiments;
using ServerlessScale.Local.Lab.Starts;
using ServerlessScale.Measurement;
using ServerlessScale.Measurement.Statistics;

namespace ServerlessScale.Local.Lab.Topics;

/// <summary>Starts an instance beside the shop, and compares its first response with the next ones.</summary>
internal sealed class ColdStartExperiment : IExperiment
{
    private const string Request = "api/health/live";
    private const int WarmRequests = 50;

    /// <summary>Settings of the .NET runtime that change the start without another build. The first variant is the app as it is.</summary>
    private static readonly (string Name, string? Setting, string Value)[] Variants =
    [
        ("as it is", null, ""),
        ("without precompiled code", "DOTNET_ReadyToRun", "0"),
        ("fully optimised code at once", "DOTNET_TieredCompilation", "0"),
    ];

    public ExperimentDescription Description { get; } = new()
    {
        Name = "cold-start",
        Title = "One cold start, phase by phase, beside a warm one",
        Why = "The first request to a new instance waits until the process runs, the worker has connected and the code is compiled. Who knows the phases "
            + "knows what can be saved.",
        Expects = "The first response of an instance takes at least ten times as long as the median of the next ones.",
        Code = "src/Functions/ColdStarts",
        FileName = "ColdStartExperiment.cs",
        Seconds = 20,
        Columns = [ResultColumn.Text("phase"), .. Variants.Select(variant => ResultColumn.Milliseconds(variant.Name, 1))],
        Options = [ExperimentOption.Number("starts", "Starts of each variant, of which the median is shown", 3, 1, 10)],
    };

    public async Task<Conclusion> RunAsync(ExperimentContext context, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("lab-cold-start-");
        context.Interventions.Register("delete a temporary folder", () =>
        {
            folder.Delete(recursive: true);
            return Task.CompletedTask;
        });
        var template = context.Cloud.Set!.Pools[0].Properties.Template;
        var starts = context.Options.Number("starts");
        var all = Variants.Select(_ => new List<MeasuredStart>()).ToArray();
        for (var round = 0; round < starts; round++)
        {
            foreach (var (index, variant) in Variants.Index())
            {
                context.Say((double)((round * Variants.Length) + index) / (starts * Variants.Length), $"Start {round + 1} of {starts}: {variant.Name}.");
                var settings = new Dictionary<string, string>(template.Settings, StringComparer.Ordinal);
                if (variant.Setting is { } setting)
                {
                    settings[setting] = variant.Value;
                }

                all[index].Add(await StartAsync(template.AppDirectory, settings, folder.FullName, cancellationToken));
            }
        }

        foreach (var phase in all[0][0].Times.Phases.Select(phase => phase.Name).ToList())
        {
            AddRow(phase, start => start.Times.Phases.First(each => each.Name == phase).Milliseconds);
        }

        AddRow("cold: all phases", start => start.Times.Total);
        AddRow("warm: median of the next responses", start => Percentile.Median(start.WarmMilliseconds));
        AddRow("processor time", start => start.Times.Processor);
        var (cold, warm) = (Median(all[0], start => start.Times.Total), Median(all[0], start => Percentile.Median(start.WarmMilliseconds)));
        var (compiled, optimised) = (Median(all[1], start => start.Times.Total), Median(all[2], start => start.Times.Total));
        return new(
            cold >= 10 * warm,
            $"A cold start took {cold:0} ms until its first response, and a warm response {warm:0.0} ms. Without precompiled code, the start took "
            + $"{compiled / cold:0.0} times as long, and with fully optimised code at once {optimised / cold:0.0} times.");

        void AddRow(string name, Func<MeasuredStart, double> value) =>
            context.AddRow([name, .. all.Select(list => (Cell)Median(list, value))]);
    }

    private static double Median(List<MeasuredStart> starts, Func<MeasuredStart, double> value) => Percentile.Median(starts.Select(value));

    private static async Task<MeasuredStart> StartAsync(
        string appDirectory, Dictionary<string, string> settings, string folder, CancellationToken cancellationToken)
    {
        try
        {
            return await WorkerStart.MeasureAsync("the shop", appDirectory, settings, Request, folder, WarmRequests, cancellationToken);
        }
        catch (FunctionHostException failure)
        {
            throw new CommandException(failure.Message, failure);
        }
    }
}
