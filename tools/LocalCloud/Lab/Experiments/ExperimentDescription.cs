using System.Globalization;
using System.Text.Json.Serialization;

namespace ServerlessScale.Local.Lab.Experiments;

/// <summary>The description of an experiment, as <c>GET /_local/experiments</c> returns it.</summary>
public sealed record ExperimentDescription
{
    /// <summary>The name in paths and on the command line, such as <c>replica-lag</c>.</summary>
    public required string Name { get; init; }

    /// <summary>The title for people.</summary>
    public required string Title { get; init; }

    /// <summary>Two sentences that state why the idea matters.</summary>
    public required string Why { get; init; }

    /// <summary>The effect that the experiment expects, as one sentence.</summary>
    public required string Expects { get; init; }

    /// <summary>The file or folder of the code that implements the idea, relative to the repository.</summary>
    public required string Code { get; init; }

    /// <summary>The file of the experiment itself, relative to the repository.</summary>
    public string File => $"tools/LocalCloud/Lab/Topics/{FileName}";

    /// <summary>The name of the experiment's file.</summary>
    [JsonIgnore]
    public required string FileName { get; init; }

    /// <summary>The approximate duration of a run on an idle machine with two processors, in seconds.</summary>
    public required int Seconds { get; init; }

    /// <summary>The columns of the result table.</summary>
    public required IReadOnlyList<ResultColumn> Columns { get; init; }

    /// <summary>The options of a run. All have a default.</summary>
    public IReadOnlyList<ExperimentOption> Options { get; init; } = [];
}

/// <summary>A column of a result table.</summary>
/// <param name="Name">The heading.</param>
/// <param name="Unit">The unit of the numbers, such as <c>ms</c>; null for text and for counts.</param>
/// <param name="Decimals">The number of decimal places of the numbers; null for a column with text.</param>
public sealed record ResultColumn(string Name, string? Unit = null, int? Decimals = null)
{
    public static ResultColumn Text(string name) => new(name);

    public static ResultColumn Count(string name) => new(name, null, 0);

    public static ResultColumn Milliseconds(string name, int decimals = 0) => new(name, "ms", decimals);

    public static ResultColumn Seconds(string name) => new(name, "s", 1);
}

/// <summary>An option of an experiment: a number, or one of several words.</summary>
public sealed record ExperimentOption
{
    /// <summary>The name, such as <c>instances</c>.</summary>
    public required string Name { get; init; }

    /// <summary>The meaning for people.</summary>
    public required string Title { get; init; }

    /// <summary>The default, as text.</summary>
    public required string Default { get; init; }

    /// <summary>The allowed words; null for a number.</summary>
    public IReadOnlyList<string>? Choices { get; init; }

    /// <summary>The smallest allowed number; null for a word.</summary>
    public int? Min { get; init; }

    /// <summary>The largest allowed number; null for a word.</summary>
    public int? Max { get; init; }

    /// <summary>The unit of the number; null for a count or a word.</summary>
    public string? Unit { get; init; }

    public static ExperimentOption Choice(string name, string title, params IReadOnlyList<string> choices)
    {
        ArgumentNullException.ThrowIfNull(choices);
        return new() { Name = name, Title = title, Default = choices[0], Choices = choices };
    }

    public static ExperimentOption Number(string name, string title, int standard, int min, int max, string? unit = null) => new()
    {
        Name = name,
        Title = title,
        Default = standard.ToString(CultureInfo.InvariantCulture),
        Min = min,
        Max = max,
        Unit = unit,
    };
}
