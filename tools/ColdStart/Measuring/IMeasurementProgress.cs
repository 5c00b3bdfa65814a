namespace ServerlessScale.ColdStart.Measuring;

/// <summary>Is told how far a measurement has come: a bar on a terminal, nothing in tests.</summary>
internal interface IMeasurementProgress
{
    /// <summary>A line for people to read.</summary>
    void Say(string line);

    /// <summary>The starts that count begin.</summary>
    void Begin(int starts);

    /// <summary>One of them is done.</summary>
    void Started(string subject, double milliseconds);
}
