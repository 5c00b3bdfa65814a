namespace ServerlessScale.Measurement;

/// <summary>Shows the progress of a long measurement.</summary>
public interface IMeasurementProgress
{
    /// <summary>Shows a line that describes the current work. The line does not count as a step.</summary>
    void Say(string line);

    /// <summary>Sets the number of steps of the measurement.</summary>
    void Begin(int steps);

    /// <summary>Marks a step as completed.</summary>
    /// <param name="line">A description of the step, with its result if there is one.</param>
    void Step(string line);
}
