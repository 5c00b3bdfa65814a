namespace ServerlessScale.Measurement;

/// <summary>Shows how far a long measurement has come.</summary>
public interface IMeasurementProgress
{
    /// <summary>Shows what is being done, for a part of the work that is not counted in steps.</summary>
    void Say(string line);

    /// <summary>Announces how many steps follow.</summary>
    void Begin(int steps);

    /// <summary>Counts a step as done.</summary>
    /// <param name="line">What the step was, and its result where it has one.</param>
    void Step(string line);
}
