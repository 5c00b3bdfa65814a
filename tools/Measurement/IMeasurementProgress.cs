namespace ServerlessScale.Measurement;

/// <summary>Shows the progress of a long measurement.</summary>
public interface IMeasurementProgress
{
    /// <summary>Shows a line that describes the current work. The line does not count as a step.</summary>
    void Say(string line);

    /// <summary>Shows a line that describes the current work, and the completed share of a measurement without steps.</summary>
    /// <param name="share">The completed share, from 0 to 1.</param>
    /// <param name="line">A description of the current work.</param>
    void Show(double share, string line);

    /// <summary>Sets the number of steps of the measurement.</summary>
    void Begin(int steps);

    /// <summary>Marks a step as completed.</summary>
    /// <param name="line">A description of the step, with its result if there is one.</param>
    void Step(string line);
}
