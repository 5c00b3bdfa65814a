using ServerlessScale.Measurement;

namespace ServerlessScale.Local.Lab.Experiments;

/// <summary>An experiment that shows one idea of scaling on a running cloud.</summary>
internal interface IExperiment
{
    ExperimentDescription Description { get; }

    /// <summary>
    /// Runs the experiment. It ends by itself within a minute or two. A failed request is counted and does not end the run. All changes to the
    /// cloud go through <see cref="ExperimentContext.Interventions"/>, which undoes them after the run.
    /// </summary>
    /// <exception cref="CommandException">The experiment is not possible on this machine, or nothing could be measured.</exception>
    Task<Conclusion> RunAsync(ExperimentContext context, CancellationToken cancellationToken);
}

/// <summary>The outcome of a run that was completed.</summary>
/// <param name="Shown">Whether the expected effect showed.</param>
/// <param name="Text">One or two sentences with the figures of this run.</param>
internal sealed record Conclusion(bool Shown, string Text);

/// <summary>The cloud, the options and the progress of a run.</summary>
/// <param name="cloud">The running cloud, which has an edge.</param>
/// <param name="interventions">The changes to the cloud, which are undone after the run.</param>
/// <param name="options">The values of all options.</param>
/// <param name="report">Receives the progress and the results.</param>
internal sealed class ExperimentContext(LocalCloud cloud, Interventions interventions, OptionValues options, RunReport report)
{
    public LocalCloud Cloud => cloud;

    public Interventions Interventions => interventions;

    public OptionValues Options => options;

    /// <summary>Counts the failed requests, such as responses with status 503 from a busy machine.</summary>
    public FailedRequests Failed => report.Failed;

    /// <summary>Shows what the experiment does now.</summary>
    /// <param name="share">The completed share of the run, from 0 to 1; null if it has not changed.</param>
    /// <param name="text">A sentence.</param>
    public void Say(double? share, string text) => report.Say(share, text);

    /// <summary>Adds a row to the result table. The cells have the order of the columns.</summary>
    public void AddRow(params IReadOnlyList<Cell> cells) => report.AddRow(cells);

    public void AddHeatMap(HeatMap map) => report.AddHeatMap(map);
}
